import type { Schemas } from "@/api/client";
import { SelectField, TextField } from "@/ui/field";
import { type ErrorAt, FieldGroup } from "@/ui/form-dialog";
import type { Kind } from "./kinds";

/** A credential as it is typed. It goes to the program and never comes back. */
export type CredentialForm = {
  form: "api_key" | "aws";
  apiKey: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
};

export const emptyCredential: CredentialForm = {
  form: "api_key",
  apiKey: "",
  accessKeyId: "",
  secretAccessKey: "",
  sessionToken: "",
};

/** What is sent, or nothing where nothing was typed. */
export function credentialOf(form: CredentialForm): Schemas["Credentials"] | undefined {
  const given = (text: string) => text.trim() || undefined;
  const api_key = given(form.apiKey);
  if (form.form === "api_key") return api_key ? { api_key } : undefined;
  const parts = {
    access_key_id: given(form.accessKeyId),
    secret_access_key: given(form.secretAccessKey),
    session_token: given(form.sessionToken),
  };
  return Object.values(parts).some(Boolean) ? parts : undefined;
}

type Props = {
  kind: Kind;
  form: CredentialForm;
  onChange: (part: Partial<CredentialForm>) => void;
  errorAt: ErrorAt;
  help?: string;
};

const secret = { type: "password", autoComplete: "new-password", spellCheck: false } as const;

/** The parts of a credential that a kind of provider takes. */
export function CredentialFields({ kind, form, onChange, errorAt, help }: Props) {
  const parts = ["api_key", "access_key_id", "secret_access_key", "session_token"];
  const ofParts = parts.map((part) => errorAt(`/credentials/${part}`));
  const error = ofParts.some(Boolean) ? undefined : errorAt("/credentials");
  return (
    <FieldGroup>
      {kind.hasAwsKeys && (
        <SelectField
          label="Known by"
          value={form.form}
          onChange={(event) => onChange({ form: event.target.value as CredentialForm["form"] })}
        >
          <option value="api_key">A Bedrock API key</option>
          <option value="aws">An AWS access key</option>
        </SelectField>
      )}
      {form.form === "api_key" ? (
        <TextField
          {...secret}
          label={kind.credential === "optional" ? "API key, if it asks for one" : "API key"}
          help={help ?? "It is sealed, and never shown again."}
          error={ofParts[0] ?? error}
          value={form.apiKey}
          onChange={(event) => onChange({ apiKey: event.target.value })}
        />
      ) : (
        <>
          <TextField
            label="Access key id"
            spellCheck={false}
            placeholder="AKIA…"
            error={ofParts[1] ?? error}
            value={form.accessKeyId}
            onChange={(event) => onChange({ accessKeyId: event.target.value })}
          />
          <TextField
            {...secret}
            label="Secret access key"
            help={help ?? "It is sealed, and never shown again."}
            error={ofParts[2]}
            value={form.secretAccessKey}
            onChange={(event) => onChange({ secretAccessKey: event.target.value })}
          />
          <TextField
            {...secret}
            label="Session token, if there is one"
            error={ofParts[3]}
            value={form.sessionToken}
            onChange={(event) => onChange({ sessionToken: event.target.value })}
          />
        </>
      )}
    </FieldGroup>
  );
}
