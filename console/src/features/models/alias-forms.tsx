import { useState } from "react";
import type { Schemas } from "@/api/client";
import { write } from "@/api/write";
import { AsRead } from "@/ui/as-read";
import { TextField } from "@/ui/field";
import { FormDialog } from "@/ui/form-dialog";
import { ModelPicker } from "@/ui/model-picker";
import { ALIAS, aliasQuery, aliasUrl } from "./queries";

type Alias = Schemas["Alias"];

export function AddAlias(props: { onClose: () => void; onAdded: (name: string) => void }) {
  const [name, setName] = useState("");
  const [model, setModel] = useState("");
  const change = () =>
    name.trim() && model
      ? {
          title: `Add alias ${name.trim()}`,
          verb: "Add",
          done: `Added alias ${name.trim()}`,
          write: write("post", "/api/platform/ai-management/aliases", {
            body: { name: name.trim(), model },
          }),
          onDone: (answer: Alias) => props.onAdded(answer.name),
        }
      : undefined;
  return (
    <FormDialog
      title="Add alias"
      verb="Add alias"
      change={change}
      isNew
      isDisabled={!name.trim() || !model}
      onClose={props.onClose}
    >
      {(errorAt) => (
        <>
          <TextField
            label="Alias"
            autoFocus
            spellCheck={false}
            placeholder="gpt-4"
            help="What clients write as model. A feature of the same name goes before it."
            error={errorAt("/name")}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <ModelPicker
            label="Stands for"
            value={model}
            onChange={setModel}
            error={errorAt("/model")}
          />
        </>
      )}
    </FormDialog>
  );
}

export const EditAlias = (props: { name: string; onClose: () => void }) => (
  <AsRead query={aliasQuery(props.name)} url={aliasUrl(props.name)}>
    {(before, tag) => <EditForm before={before} tag={tag} onClose={props.onClose} />}
  </AsRead>
);

function EditForm(props: { before: Alias; tag: string | undefined; onClose: () => void }) {
  const { before, tag } = props;
  const [model, setModel] = useState(before.model);
  const change = () => ({
    title: `Change alias ${before.name}`,
    verb: "Change",
    done: `Changed alias ${before.name}`,
    tag,
    write: write("patch", ALIAS, {
      params: { path: { alias: before.name } },
      body: { model },
    }),
  });
  return (
    <FormDialog
      title={`Alias ${before.name}`}
      description="The next call that names it goes to the new model."
      verb="Review change"
      change={change}
      isDisabled={model === before.model}
      onClose={props.onClose}
    >
      {(errorAt) => (
        <ModelPicker
          label="Stands for"
          value={model}
          onChange={setModel}
          error={errorAt("/model")}
        />
      )}
    </FormDialog>
  );
}
