import { type FormEvent, useState } from "react";
import { ApiError, describe } from "@/api/problem";
import { useCan } from "@/api/session";
import { write } from "@/api/write";
import type { Environment } from "@/lib/environment";
import { words } from "@/lib/format";
import { Button } from "@/ui/button";
import { finish } from "@/ui/change";
import { TextField } from "@/ui/field";
import { ModelPicker } from "@/ui/model-picker";
import type { Journey } from "./journey";
import { likelyModel } from "./likely-model";
import type { WelcomeSearch } from "./search";

/** A name that programs call, and the model that answers. */
export function FeatureStep(props: {
  journey: Journey;
  environment: Environment;
  go: (change: WelcomeSearch) => void;
}) {
  const { journey, environment, go } = props;
  const can = useCan();
  // A feature without a model is finished first; one that has a model stays, and another is made.
  const unfinished = journey.assignment ? undefined : journey.feature;
  const [name, setName] = useState(journey.feature ? "" : "chatbot");
  const [model, setModel] = useState(() => firstModel(journey));
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const called = unfinished?.name ?? name.trim();
  const at = (pointer: string) =>
    error instanceof ApiError
      ? error.fields.find((field) => field.pointer.startsWith(pointer))?.detail
      : undefined;
  const isElsewhere = error !== null && !["/name", "/model"].some((one) => at(one));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      if (!unfinished) await create(called);
      await assign(called, environment, model);
      go({});
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  if (!can("features.write")) {
    return <p className="text-sm text-ink-2">Making one needs the right features.write.</p>;
  }
  return (
    <form noValidate onSubmit={submit} className="grid gap-3" aria-label="Make a feature">
      <p className="text-sm text-ink-2">
        Programs call a feature by its name. Which model answers is decided here, and can be another
        one tomorrow without a change to any program.
      </p>
      {isElsewhere && (
        <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
          {describe(error).detail ?? describe(error).title}
        </p>
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField
          label="Feature"
          placeholder="chatbot"
          className="font-mono !text-xs pointer-coarse:!text-[16px]"
          help="Lower-case letters, digits and hyphens."
          autoFocus
          disabled={unfinished !== undefined}
          value={unfinished?.name ?? name}
          error={at("/name")}
          onChange={({ target }) => setName(target.value)}
        />
        <ModelPicker
          label={`Model in ${words(environment)}`}
          value={model}
          onChange={setModel}
          error={at("/model")}
        />
      </div>
      <Button
        type="submit"
        variant="primary"
        size="md"
        className="justify-self-start"
        disabled={isBusy || !called || !model}
      >
        {unfinished ? "Assign model" : "Make feature"}
      </Button>
    </form>
  );
}

/** One of his own where he has added a provider; the sandbox's echo otherwise. */
function firstModel({ own, models }: Journey): string {
  const mine = models.filter(({ name }) => own.some((one) => name.startsWith(`${one.name}/`)));
  const echo = models.find(({ name }) => name === "sandbox/echo")?.name;
  return likelyModel(mine) ?? echo ?? likelyModel(models) ?? "";
}

async function create(name: string) {
  const unlimited = { requests_per_minute: null, tokens_per_minute: null, concurrency: null };
  const body = {
    name,
    display_name: words(name.replaceAll("-", " ")),
    description: "",
    limits: unlimited,
    user_limits: unlimited,
  };
  const change = {
    title: `Create ${name}`,
    verb: "Create",
    done: `Created ${name}`,
    write: write("post", "/api/platform/ai-management/features", { body }),
  };
  finish(change, await change.write.send());
}

async function assign(feature: string, environment: Environment, model: string) {
  await write("put", "/api/platform/ai-management/features/{feature}/assignments/{environment}", {
    params: { path: { feature, environment } },
    body: { model },
  }).send();
}
