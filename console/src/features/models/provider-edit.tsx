import { useState } from "react";
import type { Schemas } from "@/api/client";
import { write } from "@/api/write";
import { changedOf } from "@/lib/changed";
import { AsRead } from "@/ui/as-read";
import { TextField } from "@/ui/field";
import { FieldGroup, FormDialog } from "@/ui/form-dialog";
import { CredentialFields, credentialOf, emptyCredential } from "./credential-fields";
import { kindOf } from "./kinds";
import { LimitsFields, limitsForm, limitsOf } from "./limits-fields";
import { providerQuery, providerUrl } from "./queries";

const PROVIDER = "/api/platform/ai-management/models/providers/{provider}";

type Provider = Schemas["Provider"];
type Edit = { before: Provider; tag?: string; onClose: () => void };

/** Forms of a provider, over the state that was read last, with its tag. */
export function ProviderEdit(props: {
  name: string;
  edit: "connection" | "credentials" | "limits";
  onClose: () => void;
  /** Whether it answers is another question now. */
  onChanged: () => void;
}) {
  const { name, edit, onClose, onChanged } = props;
  const Form = { connection: Connection, credentials: Rotation, limits: Limits }[edit];
  return (
    <AsRead query={providerQuery(name)} url={providerUrl(name)}>
      {(before, tag) => <Form before={before} tag={tag} onClose={onClose} onChanged={onChanged} />}
    </AsRead>
  );
}

type Connected = Pick<Provider, "base_url" | "region" | "api_version">;
const given = (text: string | null | undefined) => text?.trim() || undefined;
const connectionOf = ({ base_url, region, api_version }: Connected) => ({
  base_url: given(base_url),
  region: given(region),
  api_version: given(api_version),
});

function Connection({ before, tag, onClose, onChanged }: Edit & { onChanged: () => void }) {
  const kind = kindOf(before.kind);
  const [address, setAddress] = useState(before.base_url ?? "");
  const [region, setRegion] = useState(before.region ?? "");
  const [version, setVersion] = useState(before.api_version ?? "");
  const [credential, setCredential] = useState(emptyCredential);
  const change = () => ({
    title: `Change the connection of ${before.name}`,
    verb: "Change",
    done: `Changed the connection of ${before.name}`,
    tag,
    onDone: onChanged,
    write: write("patch", PROVIDER, {
      params: { path: { provider: before.name } },
      body: {
        ...changedOf(
          connectionOf(before),
          connectionOf({ base_url: address, region, api_version: version }),
        ),
        credentials: credentialOf(credential),
      },
    }),
  });
  return (
    <FormDialog
      title={`Connection of ${before.name}`}
      verb="Review change"
      change={change}
      onClose={onClose}
      size="lg"
    >
      {(errorAt) => (
        <>
          <FieldGroup>
            <TextField
              label="Address"
              type="url"
              spellCheck={false}
              placeholder={kind?.addressExample}
              error={errorAt("/base_url")}
              value={address}
              onChange={(event) => setAddress(event.target.value)}
            />
            <TextField
              label="Region"
              spellCheck={false}
              help="Some prices depend on it."
              error={errorAt("/region")}
              value={region}
              onChange={(event) => setRegion(event.target.value)}
            />
            {kind?.hasVersion && (
              <TextField
                label="API version"
                spellCheck={false}
                error={errorAt("/api_version")}
                value={version}
                onChange={(event) => setVersion(event.target.value)}
              />
            )}
          </FieldGroup>
          {kind && kind.credential !== "none" && (
            <CredentialFields
              kind={kind}
              form={credential}
              errorAt={errorAt}
              help="Needed when the address is another host: the present one is not sent there."
              onChange={(part) => setCredential((old) => ({ ...old, ...part }))}
            />
          )}
        </>
      )}
    </FormDialog>
  );
}

function Rotation({ before, tag, onClose, onChanged }: Edit & { onChanged: () => void }) {
  const kind = kindOf(before.kind);
  const [credential, setCredential] = useState(emptyCredential);
  const body = credentialOf(credential);
  const change = () =>
    body && {
      title: `Replace the credential of ${before.name}`,
      verb: "Replace",
      done: `Replaced the credential of ${before.name}`,
      note: (
        <p className="text-sm">
          New calls go out with it at once. Calls that are under way end with the old one.
        </p>
      ),
      tag,
      confirm: before.name,
      isDangerous: true,
      cannotUndo: true,
      onDone: onChanged,
      write: write("post", `${PROVIDER}/rotate`, {
        params: { path: { provider: before.name } },
        body: { credentials: body },
      }),
    };
  if (!kind) return null;
  return (
    <FormDialog
      title={`Replace the credential of ${before.name}`}
      description={
        before.credential_fingerprint
          ? `The present one has the fingerprint ${before.credential_fingerprint}.`
          : "It has none yet."
      }
      verb="Review change"
      change={change}
      isDisabled={!body}
      onClose={onClose}
    >
      {(errorAt) => (
        <CredentialFields
          kind={kind}
          form={credential}
          errorAt={errorAt}
          onChange={(part) => setCredential((old) => ({ ...old, ...part }))}
        />
      )}
    </FormDialog>
  );
}

function Limits({ before, tag, onClose }: Edit) {
  const [form, setForm] = useState(() => limitsForm(before.limits));
  const change = () => {
    const limits = limitsOf(form);
    return (
      limits && {
        title: `Change the limits of ${before.name}`,
        verb: "Change",
        done: `Changed the limits of ${before.name}`,
        tag,
        write: write("patch", PROVIDER, {
          params: { path: { provider: before.name } },
          body: { limits },
        }),
      }
    );
  };
  return (
    <FormDialog
      title={`Limits of ${before.name}`}
      description="A routing policy for this provider goes before them."
      verb="Review change"
      change={change}
      onClose={onClose}
      size="lg"
    >
      {(errorAt) => <LimitsFields form={form} onChange={setForm} errorAt={errorAt} />}
    </FormDialog>
  );
}
