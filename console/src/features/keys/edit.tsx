import { useState } from "react";
import type { Schemas } from "@/api/client";
import { write } from "@/api/write";
import { AsRead } from "@/ui/as-read";
import { FormDialog } from "@/ui/form-dialog";
import { KeyFields } from "./fields";
import { changeOf, formOf, hasProblem } from "./form";
import { keyQuery, keyUrl } from "./queries";

type Key = Schemas["Key"];

/** What a key may do, how often and from where, edited from the state that was read last. */
export const EditKey = ({ latest, onClose }: { latest: Key; onClose: () => void }) => (
  <AsRead key={latest.id} query={keyQuery(latest.id)} url={keyUrl(latest.id)}>
    {(before, tag) => <EditForm before={before} latest={latest} tag={tag} onClose={onClose} />}
  </AsRead>
);

function EditForm(props: {
  before: Key;
  latest: Key;
  tag: string | undefined;
  onClose: () => void;
}) {
  const { before, latest, tag } = props;
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
            body: changeOf(before, form, latest),
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
