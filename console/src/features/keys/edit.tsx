import { useState } from "react";
import type { Schemas } from "@/api/client";
import { write } from "@/api/write";
import { AsRead } from "@/ui/as-read";
import { FormDialog } from "@/ui/form-dialog";
import { KeyFields } from "./fields";
import { bodyOf, formOf, hasProblem } from "./form";
import { keyQuery, keyUrl } from "./queries";

/** What a key may do, how often and from where, edited from the state that was read last. */
export const EditKey = ({ id, onClose }: { id: string; onClose: () => void }) => (
  <AsRead key={id} query={keyQuery(id)} url={keyUrl(id)}>
    {(before, tag) => <EditForm before={before} tag={tag} onClose={onClose} />}
  </AsRead>
);

function EditForm(props: { before: Schemas["Key"]; tag: string | undefined; onClose: () => void }) {
  const { before, tag } = props;
  const [form, setForm] = useState(() => formOf(before));
  const change = () =>
    hasProblem(form)
      ? undefined
      : {
          title: `Change key ${before.name}`,
          verb: "Change",
          done: `Changed key ${before.name}`,
          tag,
          write: write("patch", "/api/platform/ai-management/keys/{key}", {
            params: { path: { key: before.id } },
            body: bodyOf(form, before),
          }),
        };
  return (
    <FormDialog
      title={`Key ${before.name}`}
      verb="Review change"
      change={change}
      size="lg"
      onClose={props.onClose}
    >
      {(errorAt) => (
        <KeyFields
          form={form}
          errorAt={errorAt}
          hasEnd={Boolean(before.expires_at)}
          onChange={(part) => setForm((old) => ({ ...old, ...part }))}
        />
      )}
    </FormDialog>
  );
}
