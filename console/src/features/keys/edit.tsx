import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Schemas, tagOf } from "@/api/client";
import { write } from "@/api/write";
import { FormDialog } from "@/ui/form-dialog";
import { KeyFields } from "./fields";
import { bodyOf, formOf, hasProblem } from "./form";
import { keyQuery, keyUrl } from "./queries";

/** What a key may do, how often and from where, edited from the state that was read last. */
export function EditKey({ id, onClose }: { id: string; onClose: () => void }) {
  const key = useQuery({ ...keyQuery(id), staleTime: 0 });
  if (!key.data || key.isFetching) return null;
  return <EditForm key={id} before={key.data} onClose={onClose} />;
}

function EditForm({ before: read, onClose }: { before: Schemas["Key"]; onClose: () => void }) {
  // What is read again while one types must not take the fields away, nor pass for what was seen.
  const [before] = useState(read);
  const [tag] = useState(() => tagOf(keyUrl(before.id)));
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
      onClose={onClose}
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
