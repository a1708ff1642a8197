import { type FormEvent, useState } from "react";
import { ApiError, describe } from "@/api/problem";
import { write } from "@/api/write";
import { Button } from "@/ui/button";
import { finish } from "@/ui/change";
import { SelectField, TextField } from "@/ui/field";

/** Those that need an API key and no more. The others have more to say, on their own page. */
const KINDS = {
  openai: "OpenAI",
  anthropic: "Anthropic",
  gemini: "Google Gemini",
  "openai-compatible": "A server that speaks OpenAI's dialect",
};
type Kind = keyof typeof KINDS;

/** An account at a provider, with the models that the catalogue knows of it. */
export function ProviderForm(props: { taken: string[]; onDone: () => void; onCancel: () => void }) {
  const [kind, setKind] = useState<Kind>("openai");
  const [name, setName] = useState("");
  const [apiKey, setApiKey] = useState("");
  const [address, setAddress] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const isServer = kind === "openai-compatible";
  const suggested = freeName(isServer ? "own" : kind, props.taken);
  const at = (pointer: string) =>
    error instanceof ApiError
      ? error.fields.find((field) => field.pointer.startsWith(pointer))?.detail
      : undefined;
  const isElsewhere =
    error !== null && !["/name", "/base_url", "/credentials", "/kind"].some((one) => at(one));
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
          base_url: isServer ? address.trim() : undefined,
          credentials: apiKey ? { api_key: apiKey.trim() } : undefined,
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
      {isServer && (
        <TextField
          label="Address"
          placeholder="http://localhost:11434/v1"
          inputMode="url"
          value={address}
          error={at("/base_url")}
          onChange={({ target }) => setAddress(target.value)}
        />
      )}
      <TextField
        label="API key"
        type="password"
        help={
          isServer
            ? "Empty where the server wants none. It is sealed and can't be read again."
            : "It is sealed and can't be read again."
        }
        value={apiKey}
        error={at("/credentials")}
        onChange={({ target }) => setApiKey(target.value)}
      />
      <div className="flex gap-2">
        <Button
          type="submit"
          variant="primary"
          size="md"
          disabled={isBusy || (isServer ? !address.trim() : !apiKey.trim())}
        >
          Add provider
        </Button>
        <Button size="md" onClick={props.onCancel}>
          Cancel
        </Button>
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
