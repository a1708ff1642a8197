import { useState } from "react";
import type { Schemas } from "@/api/client";
import { write } from "@/api/write";
import { cx } from "@/lib/cx";
import { plural } from "@/lib/format";
import { Checkbox, TextField } from "@/ui/field";
import { FieldGroup, FormDialog } from "@/ui/form-dialog";
import {
  CredentialFields,
  type CredentialForm,
  credentialOf,
  emptyCredential,
} from "./credential-fields";
import { KINDS, type Kind } from "./kinds";

export type ProviderForm = {
  name: string;
  address: string;
  version: string;
  region: string;
  takesCatalogue: boolean;
  credential: CredentialForm;
};

/** What the program is asked for: only what the kind has. */
export function newProvider(kind: Kind, form: ProviderForm): Schemas["NewProvider"] {
  const given = (text: string) => text.trim() || undefined;
  return {
    name: form.name.trim(),
    kind: kind.kind,
    base_url: kind.address === "none" ? undefined : given(form.address),
    api_version: kind.hasVersion ? given(form.version) : undefined,
    region: kind.needsRegion ? given(form.region) : undefined,
    credentials: kind.credential === "none" ? undefined : credentialOf(form.credential),
    catalog: form.takesCatalogue,
  };
}

/** A new account. What it is called with follows from its kind. */
export function AddProvider(props: { onClose: () => void; onAdded: (name: string) => void }) {
  const [kind, setKind] = useState<Kind>(KINDS[0]!);
  const [form, setForm] = useState<ProviderForm>({
    name: "",
    address: "",
    version: "",
    region: "",
    takesCatalogue: true,
    credential: emptyCredential,
  });
  const set = (part: Partial<ProviderForm>) => setForm((old) => ({ ...old, ...part }));
  const choose = (next: Kind) => {
    setKind(next);
    set({ takesCatalogue: next.isInCatalogue, address: "", credential: emptyCredential });
  };
  const change = () => {
    const body = newProvider(kind, form);
    return {
      title: `Add provider ${body.name}`,
      verb: "Add",
      done: `Added provider ${body.name}`,
      // With its models it is more than one entry of the journal.
      cannotUndo: body.catalog,
      write: write("post", "/api/platform/ai-management/models/providers", { body }),
      onDone: (answer: Schemas["CreatedProvider"]) => props.onAdded(answer.name),
    };
  };
  return (
    <FormDialog
      title="Add provider"
      description="An account at an upstream service. It is tested as soon as it is there."
      verb="Add and test"
      change={change}
      isNew
      size="lg"
      onClose={props.onClose}
    >
      {(errorAt) => (
        <>
          <KindChoice value={kind} onChange={choose} />
          <FieldGroup>
            <TextField
              label="Name"
              autoFocus
              placeholder={`acme-${kind.kind}`}
              spellCheck={false}
              help="Stands before the slash of its models' names."
              error={errorAt("/name")}
              value={form.name}
              onChange={(event) => set({ name: event.target.value })}
            />
            {kind.address !== "none" && (
              <TextField
                label={kind.address === "asked" ? "Address" : "Address, if it is another one"}
                type="url"
                spellCheck={false}
                placeholder={kind.addressExample}
                error={errorAt("/base_url")}
                value={form.address}
                onChange={(event) => set({ address: event.target.value })}
              />
            )}
            {kind.needsRegion && (
              <TextField
                label="Region"
                placeholder="eu-west-1"
                spellCheck={false}
                error={errorAt("/region")}
                value={form.region}
                onChange={(event) => set({ region: event.target.value })}
              />
            )}
            {kind.hasVersion && (
              <TextField
                label="API version"
                placeholder="2024-10-21"
                spellCheck={false}
                help="For calls by deployment. Empty: Azure's v1 API."
                error={errorAt("/api_version")}
                value={form.version}
                onChange={(event) => set({ version: event.target.value })}
              />
            )}
          </FieldGroup>
          {kind.credential !== "none" && (
            <CredentialFields
              kind={kind}
              form={form.credential}
              errorAt={errorAt}
              onChange={(part) =>
                setForm((old) => ({ ...old, credential: { ...old.credential, ...part } }))
              }
            />
          )}
          <div className="grid gap-1">
            <Checkbox
              label="Take over its models from the catalogue"
              help="Every model that has a price and is still served, with the source and date of each figure."
              checked={form.takesCatalogue}
              onChange={(event) => set({ takesCatalogue: event.target.checked })}
            />
            {errorAt("/catalog") && <p className="text-xs text-bad">{errorAt("/catalog")}</p>}
          </div>
        </>
      )}
    </FormDialog>
  );
}

function KindChoice({ value, onChange }: { value: Kind; onChange: (kind: Kind) => void }) {
  return (
    <fieldset className="grid gap-2 sm:grid-cols-2">
      <legend className="sr-only">Kind, {plural(KINDS.length, "kind")}</legend>
      {KINDS.map((kind) => (
        <label
          key={kind.kind}
          className={cx(
            "flex cursor-pointer items-start gap-2 rounded-md border px-2.5 py-2 pointer-coarse:min-h-11",
            kind === value ? "border-accent bg-accent-soft" : "border-line hover:bg-hover",
          )}
        >
          <input
            type="radio"
            name="kind"
            checked={kind === value}
            onChange={() => onChange(kind)}
            className="mt-0.5 size-4 shrink-0 accent-(--accent-solid)"
          />
          <span className="grid min-w-0">
            <span className="text-sm font-medium">{kind.label}</span>
            <span className="text-xs text-ink-2">{kind.hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
