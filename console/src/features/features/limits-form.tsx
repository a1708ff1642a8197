import { useEffect, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { type Schemas, tagOf } from "@/api/client";
import { useCan } from "@/api/session";
import { write } from "@/api/write";
import { changedIn, changedOf } from "@/lib/changed";
import { review } from "@/ui/change";
import { InProduction } from "@/ui/environment";
import { TextField } from "@/ui/field";
import { asNow, type Feature, featurePath, featureQuery } from "./queries";
import { SaveBar } from "./save-bar";

type Limits = Schemas["Limits"];
const LIMITS = [
  ["requests_per_minute", "Calls", "per minute"],
  ["tokens_per_minute", "Tokens", "per minute"],
  ["concurrency", "Calls at once", ""],
] as const;
type Name = (typeof LIMITS)[number][0];
type Side = Record<Name, string>;
type Values = { limits: Side; user_limits: Side };
const SIDES = [
  ["limits", "All calls together"],
  ["user_limits", "Calls of each end user"],
] as const;

/** How much the feature may be called, by all and by each user of it. */
export function LimitsForm({ feature }: { feature: Feature }) {
  const can = useCan();
  const [start, setStart] = useState(() => beginning(feature));
  const form = useForm<Values>({ mode: "onTouched", defaultValues: start.values });
  const { control, register, formState, reset } = form;
  const values = useWatch({ control }) as Values;
  const changes = changed(start.values, values);
  useEffect(() => {
    if (feature === start.from || changes > 0) return;
    const next = beginning(feature);
    setStart(next);
    reset(next.values);
  }, [feature, start.from, changes, reset]);
  const submit = form.handleSubmit(async (now) => {
    const latest = await asNow(featureQuery(feature.name), feature);
    review({
      title: `Change the limits of ${feature.name}`,
      verb: "Change",
      done: `Changed the limits of ${feature.name}`,
      note: <InProduction>Calls beyond the limits are refused, in every environment.</InProduction>,
      tag: start.tag,
      write: write("patch", "/api/platform/ai-management/features/{feature}", {
        params: { path: { feature: feature.name } },
        body: changesOf(latest, start.values, now),
      }),
      onDone: () => setStart((before) => ({ ...before, values: now })),
    });
  });
  return (
    <form noValidate onSubmit={submit} aria-label="Limits">
      <fieldset disabled={!can("features.write")} className="grid gap-4">
        {SIDES.map(([side, label]) => (
          <div key={side} role="group" aria-label={label} className="grid gap-2">
            <span className="text-xs font-medium text-ink-2">{label}</span>
            <div className="grid grid-cols-3 gap-3">
              {LIMITS.map(([name, text, unit]) => (
                <TextField
                  key={name}
                  label={<span title={unit}>{text}</span>}
                  help={unit || undefined}
                  placeholder="No limit"
                  inputMode="numeric"
                  className="num"
                  error={formState.errors[side]?.[name]?.message}
                  {...register(`${side}.${name}`, {
                    validate: (value) =>
                      !value.trim() ||
                      (/^\d+$/.test(value.trim()) && Number(value) > 0) ||
                      "A whole number above 0.",
                  })}
                />
              ))}
            </div>
          </div>
        ))}
        <p className="text-xs text-ink-3">
          They hold in every environment, beside the limits of the key.
          {!can("features.write") && " Changing them needs the right features.write."}
        </p>
      </fieldset>
      <SaveBar changes={changes} verb="Review change" onDiscard={() => reset(start.values)} />
    </form>
  );
}

const beginning = (from: Feature) => ({
  from,
  values: { limits: textsOf(from.limits), user_limits: textsOf(from.user_limits) },
  tag: tagOf(featurePath(from.name)),
});

export const textsOf = (limits: Limits): Side => ({
  requests_per_minute: limits.requests_per_minute?.toString() ?? "",
  tokens_per_minute: limits.tokens_per_minute?.toString() ?? "",
  concurrency: limits.concurrency?.toString() ?? "",
});

/** What is empty has no limit. */
export const limitsOf = (side: Side): Limits => ({
  requests_per_minute: numberOf(side.requests_per_minute),
  tokens_per_minute: numberOf(side.tokens_per_minute),
  concurrency: numberOf(side.concurrency),
});
const numberOf = (text: string) => (text.trim() ? Number(text) : null);

/** Each bound that was changed, beside those that others set meanwhile. */
export function changesOf(latest: Feature, before: Values, after: Values) {
  const side = (name: keyof Values) =>
    changedIn(latest[name], limitsOf(before[name]), limitsOf(after[name]));
  return changedOf(
    { limits: latest.limits, user_limits: latest.user_limits },
    { limits: side("limits"), user_limits: side("user_limits") },
  );
}

const changed = (before: Values, after: Values) =>
  SIDES.flatMap(([side]) => LIMITS.map(([name]) => [before[side][name], after[side][name]])).filter(
    ([one, other]) => one?.trim() !== other?.trim(),
  ).length;
