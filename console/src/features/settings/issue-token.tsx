import { useState } from "react";
import { write } from "@/api/write";
import { now } from "@/lib/now";
import type { Change } from "@/ui/change";
import { SelectField, TextField } from "@/ui/field";
import { FormDialog } from "@/ui/form-dialog";
import type { ShownOnce } from "@/ui/secret-dialog";
import { TOKENS } from "./queries";
import { ROLES, type Role } from "./roles";

type Text = { name: string; token?: string };

const DAY = 86_400_000;
const ENDS = { "30": "In 30 days", "90": "In 90 days", "365": "In a year", never: "Never" };

/** A new token. Its text goes to `onSecret`, once. */
export function IssueToken(props: { onClose: () => void; onSecret: (secret: ShownOnce) => void }) {
  const [name, setName] = useState("");
  const [isNameLeft, setNameLeft] = useState(false);
  const [role, setRole] = useState<Role>("ai-viewer");
  const [ends, setEnds] = useState<keyof typeof ENDS>("90");
  const change = (): Change<Text> | undefined => {
    setNameLeft(true);
    if (!name.trim()) return undefined;
    return {
      title: `Issue token ${name.trim()}`,
      verb: "Issue",
      done: `Issued token ${name.trim()}`,
      isQuiet: true,
      write: write("post", TOKENS, {
        body: {
          name: name.trim(),
          role,
          expires_at: endOf(ends, now()),
        },
      }),
      onDone: ({ name, token }) => props.onSecret({ done: `Issued token ${name}`, text: token }),
    };
  };
  return (
    <FormDialog
      title="Issue token"
      description="A program sends it with each request to the management API. Its text is shown once."
      verb="Issue token"
      change={change}
      isNew
      onClose={props.onClose}
    >
      {(errorAt) => (
        <>
          <TextField
            label="Name"
            autoFocus
            dir="auto"
            maxLength={100}
            placeholder="deploy pipeline"
            help="Where it is used, so that you know it again."
            error={isNameLeft && !name.trim() ? "Give it a name." : errorAt("/name")}
            value={name}
            onBlur={() => name && setNameLeft(true)}
            onChange={(event) => setName(event.target.value)}
          />
          <SelectField
            label="Role"
            help={`${ROLES[role].does} Nobody gives more than he may do himself.`}
            error={errorAt("/role")}
            value={role}
            onChange={(event) => setRole(event.target.value as Role)}
          >
            {Object.entries(ROLES).map(([value, { word }]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </SelectField>
          <SelectField
            label="Ends"
            error={errorAt("/expires_at")}
            value={ends}
            onChange={(event) => setEnds(event.target.value as keyof typeof ENDS)}
          >
            {Object.entries(ENDS).map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </SelectField>
        </>
      )}
    </FormDialog>
  );
}

/** When a token that is issued now ends; absent: never. */
export const endOf = (ends: keyof typeof ENDS, now: number) =>
  ends === "never" ? undefined : new Date(now + Number(ends) * DAY).toISOString();
