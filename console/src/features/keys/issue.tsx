import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { applicationsQuery } from "@/api/every-page";
import { write } from "@/api/write";
import { ENVIRONMENTS } from "@/lib/environment";
import { words } from "@/lib/format";
import { useEnvironment } from "@/lib/use-environment";
import { SelectField, TextField } from "@/ui/field";
import { FieldGroup, FormDialog } from "@/ui/form-dialog";
import type { ShownOnce } from "@/ui/secret-dialog";
import { KeyFields } from "./fields";
import { bodyOf, emptyForm, hasProblem, type KeyForm } from "./form";

/** A new key. Its text goes to `onSecret`, once. */
export function IssueDialog(props: { onClose: () => void; onSecret: (secret: ShownOnce) => void }) {
  const [current] = useEnvironment();
  const applications = useQuery(applicationsQuery);
  const [name, setName] = useState("");
  const [isNameLeft, setNameLeft] = useState(false);
  const [environment, setEnvironment] = useState<string>(current);
  const [application, setApplication] = useState("");
  const [form, setForm] = useState<KeyForm>(emptyForm);
  const others = applications.data ?? [];
  const change = () => {
    setNameLeft(true);
    if (!name.trim() || hasProblem(form)) return undefined;
    return {
      title: `Issue key ${name.trim()}`,
      verb: "Issue",
      done: `Issued key ${name.trim()}`,
      isQuiet: true,
      write: write("post", "/api/platform/ai-management/keys", {
        body: {
          name: name.trim(),
          environment,
          application: application || undefined,
          ...bodyOf(form),
        },
      }),
      onDone: (answer: { name: string; key?: string }) =>
        props.onSecret({ done: `Issued key ${answer.name}`, text: answer.key }),
    };
  };
  return (
    <FormDialog
      title="Issue key"
      description="The application sends it with each call. Its text is shown once."
      verb="Issue key"
      change={change}
      isNew
      size="lg"
      onClose={props.onClose}
    >
      {(errorAt) => (
        <>
          <FieldGroup>
            <TextField
              label="Name"
              autoFocus
              dir="auto"
              maxLength={100}
              placeholder="web"
              help="Where it is used, so that you know it again."
              error={isNameLeft && !name.trim() ? "Give it a name." : errorAt("/name")}
              value={name}
              onBlur={() => name && setNameLeft(true)}
              onChange={(event) => setName(event.target.value)}
            />
            <SelectField
              label="Environment"
              help="Where its calls and their cost belong. It stays so."
              error={errorAt("/environment")}
              value={environment}
              onChange={(event) => setEnvironment(event.target.value)}
            >
              {ENVIRONMENTS.map((one) => (
                <option key={one} value={one}>
                  {words(one)}
                </option>
              ))}
            </SelectField>
            {others.length > 1 && (
              <SelectField
                label="Application"
                error={errorAt("/application")}
                value={application}
                onChange={(event) => setApplication(event.target.value)}
              >
                <option value="">Default</option>
                {others
                  .filter((one) => one.name !== "default")
                  .map((one) => (
                    <option key={one.id} value={one.name}>
                      {one.display_name}
                    </option>
                  ))}
              </SelectField>
            )}
          </FieldGroup>
          <KeyFields
            form={form}
            errorAt={errorAt}
            onChange={(part) => setForm((old) => ({ ...old, ...part }))}
          />
        </>
      )}
    </FormDialog>
  );
}
