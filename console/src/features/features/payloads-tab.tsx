import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Schemas, tagOf } from "@/api/client";
import { useCan } from "@/api/session";
import { write } from "@/api/write";
import { changedIn } from "@/lib/changed";
import type { Environment } from "@/lib/environment";
import { plural, words } from "@/lib/format";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { InProduction } from "@/ui/environment";
import { TextArea, TextField } from "@/ui/field";
import { Loaded, Skeleton } from "@/ui/states";
import { asNow, featurePath, payloadsQuery } from "./queries";
import { SaveBar } from "./save-bar";

type Policy = Schemas["FeaturePayloads"];
const PATH = "/api/platform/ai-management/features/{feature}/payloads/{environment}";
const KIBIBYTE = 1024;

/** Whether requests and answers are kept in an environment, for how long, and what is taken out of them. */
export function PayloadsTab(props: { feature: string; environment: Environment }) {
  const policy = useQuery(payloadsQuery(props.feature, props.environment));
  return (
    <Loaded query={policy} what="The policy" skeleton={<Skeleton className="h-40" />}>
      {(data) => <PayloadsForm {...props} policy={data} />}
    </Loaded>
  );
}

function PayloadsForm({
  feature,
  environment,
  policy,
}: {
  feature: string;
  environment: Environment;
  policy: Policy;
}) {
  const can = useCan();
  const [start, setStart] = useState(() => beginning(feature, environment, policy));
  const [text, setText] = useState(start.text);
  const errors = problems(text);
  const changes = (Object.keys(text) as (keyof Text)[]).filter(
    (name) => text[name].trim() !== start.text[name].trim(),
  ).length;
  useEffect(() => {
    if (policy === start.from || changes > 0) return;
    const next = beginning(feature, environment, policy);
    setStart(next);
    setText(next.text);
  }, [policy, start.from, changes, feature, environment]);
  const params = { path: { feature, environment } };
  const set = (name: keyof Text) => (event: { target: { value: string } }) =>
    setText((now) => ({ ...now, [name]: event.target.value }));
  const note = environment === "production" && (
    <InProduction>
      It holds for calls from now on. What is kept already stays its time.
    </InProduction>
  );
  const common = { done: `Changed what ${feature} keeps in ${words(environment)}`, note };
  const save = async () => {
    const latest = await asNow(payloadsQuery(feature, environment), policy);
    review({
      ...common,
      title: `Change what ${feature} keeps in ${words(environment)}`,
      verb: "Change",
      tag: start.tag,
      write: write("put", PATH, {
        params,
        body: changedIn(bodyOf(textOf(latest)), bodyOf(start.text), bodyOf(text)),
      }),
      onDone: () => setStart((now) => ({ ...now, text })),
    });
  };
  const restore = () =>
    review({
      ...common,
      title: `Let ${feature} keep nothing of its own in ${words(environment)}`,
      verb: "Restore",
      tag: start.tag,
      write: write("delete", PATH, { params }),
    });
  return (
    <form
      noValidate
      aria-label={`Payloads in ${words(environment)}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (Object.keys(errors).length === 0) void save();
      }}
    >
      <fieldset disabled={!can("payloads.write")} className="grid gap-3">
        <p className="text-sm text-ink-2">{said(policy)}</p>
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label="Kept for"
            unit="days"
            inputMode="numeric"
            help="0 keeps nothing."
            value={text.days}
            error={errors.days}
            onChange={set("days")}
          />
          <TextField
            label="Cut after"
            unit="KiB"
            inputMode="numeric"
            help="Request and answer each."
            value={text.size}
            error={errors.size}
            onChange={set("size")}
          />
        </div>
        <TextArea
          label="Taken out"
          help="One regular expression per line. Addresses, card numbers and credentials are always taken out."
          placeholder="customer-\d+"
          spellCheck={false}
          className="font-mono !text-xs pointer-coarse:!text-[16px]"
          value={text.redact}
          onChange={set("redact")}
        />
        {!can("payloads.write") && (
          <p className="text-xs text-ink-3">Changing it needs the right payloads.write.</p>
        )}
        {can("payloads.write") && !policy.is_default && changes === 0 && (
          <Button className="justify-self-start" onClick={restore}>
            Back to the default
          </Button>
        )}
      </fieldset>
      <SaveBar changes={changes} verb="Review change" onDiscard={() => setText(start.text)} />
    </form>
  );
}

type Text = { days: string; size: string; redact: string };

const textOf = (from: Policy): Text => ({
  days: String(from.days),
  size: String(Math.round((from.max_bytes ?? 0) / KIBIBYTE)),
  redact: (from.redact ?? []).join("\n"),
});

const beginning = (feature: string, environment: Environment, from: Policy) => ({
  from,
  text: textOf(from),
  tag: tagOf(`${featurePath(feature)}/payloads/${environment}`),
});

const said = (policy: Policy) =>
  policy.days === 0
    ? `Requests and answers are not kept${policy.is_default ? ", which is the default" : ""}.`
    : `Requests and answers are kept for ${plural(policy.days, "day")}.`;

export function problems(text: Text): { days?: string; size?: string } {
  const isWhole = (value: string) => /^\d+$/.test(value.trim());
  return {
    ...(isWhole(text.days) ? {} : { days: "A whole number of days." }),
    ...(isWhole(text.size) && Number(text.size) > 0 ? {} : { size: "A whole number above 0." }),
  };
}

export const bodyOf = (text: Text): Schemas["PayloadPolicy"] => ({
  days: Number(text.days),
  max_bytes: Number(text.size) * KIBIBYTE,
  redact: text.redact
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean),
});
