import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiError, describe } from "@/api/problem";
import { write } from "@/api/write";
import { cx } from "@/lib/cx";
import { Button, buttonClass } from "@/ui/button";
import { finish } from "@/ui/change";
import { SelectField, TextField } from "@/ui/field";

/** Those that need an API key and no more. The others have a page of their own. */
const KINDS = { openai: "OpenAI", anthropic: "Anthropic", gemini: "Google Gemini" };
type Kind = keyof typeof KINDS;

/** An account at a provider, with the models that the catalogue knows of it. */
export function ProviderForm(props: { taken: string[]; onDone: () => void; onCancel: () => void }) {
  const [kind, setKind] = useState<Kind>("openai");
  const [name, setName] = useState("");
  const [apiKey, setApiKey] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const suggested = freeName(kind, props.taken);
  const at = (pointer: string) =>
    error instanceof ApiError
      ? error.fields.find((field) => field.pointer.startsWith(pointer))?.detail
      : undefined;
  const isElsewhere = error !== null && !["/name", "/credentials", "/kind"].some((one) => at(one));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const called = name.trim() || suggested;
    const change = {
      title: `Add ${called}`,
      verb: "Add",
      done: `Added ${called}`,
      write: write("post", "/api/platform/ai-management/models/providers", {
        body: {
          name: called,
          kind,
          catalog: true,
          credentials: { api_key: apiKey.trim() },
        },
      }),
    };
    try {
      finish(change, await change.write.send());
      props.onDone();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form noValidate onSubmit={submit} className="grid gap-3" aria-label="Add a provider">
      {isElsewhere && (
        <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
          {describe(error).detail ?? describe(error).title}
        </p>
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField
          label="Provider"
          value={kind}
          error={at("/kind")}
          onChange={({ target }) => setKind(target.value as Kind)}
        >
          {Object.entries(KINDS).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Name"
          placeholder={suggested}
          help="Stands before its models' names."
          value={name}
          error={at("/name")}
          onChange={({ target }) => setName(target.value)}
        />
      </div>
      <TextField
        label="API key"
        type="password"
        help="It is sealed and can't be read again."
        value={apiKey}
        error={at("/credentials")}
        onChange={({ target }) => setApiKey(target.value)}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" size="md" disabled={isBusy || !apiKey.trim()}>
          Add provider
        </Button>
        <Button size="md" onClick={props.onCancel}>
          Cancel
        </Button>
        <Link
          to="/models"
          search={{ new: true }}
          className={cx(buttonClass({ variant: "ghost", size: "md" }), "ml-auto")}
        >
          Another provider
        </Link>
      </div>
    </form>
  );
}

/** The kind, or with the first number that nobody has. */
export function freeName(kind: string, taken: string[]): string {
  let number = 1;
  const name = () => (number === 1 ? kind : `${kind}-${number}`);
  while (taken.includes(name())) number += 1;
  return name();
}
