import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { $api } from "@/api/client";
import { write } from "@/api/write";
import { changedOf } from "@/lib/changed";
import type { Change } from "@/ui/change";
import { SelectField, TextArea, TextField } from "@/ui/field";
import { FormDialog } from "@/ui/form-dialog";
import type { Feature } from "./queries";

type Text = { display_name: string; name: string; description: string; application: string };

/** A new feature, or what people know one by. */
export default function FeatureDialog(props: {
  feature?: Feature;
  tag?: string;
  onClose: () => void;
  onDone?: (name: string) => void;
}) {
  const { feature, onDone } = props;
  const [text, setText] = useState<Text>({
    display_name: feature?.display_name ?? "",
    name: feature?.name ?? "",
    description: feature?.description ?? "",
    application: "",
  });
  const [isNamed, setNamed] = useState(false);
  const applications = useQuery($api.queryOptions("get", "/api/applications", {}));
  const others = applications.data?.items ?? [];
  const set = (change: Partial<Text>) => setText((now) => ({ ...now, ...change }));
  const change = (): Change | undefined => {
    if (feature) return edited(feature, text, props.tag);
    return { ...created(text), onDone: () => onDone?.(text.name) };
  };
  return (
    <FormDialog
      title={feature ? "Edit feature" : "Create feature"}
      verb={feature ? "Review" : "Create"}
      isNew={!feature}
      isDisabled={!text.display_name.trim() || !text.name}
      change={change}
      onClose={props.onClose}
    >
      {(errorAt) => (
        <>
          <TextField
            label="Name for people"
            placeholder="Customer chatbot"
            dir="auto"
            autoFocus
            value={text.display_name}
            error={errorAt("/display_name")}
            onChange={({ target }) =>
              set({
                display_name: target.value,
                ...(feature || isNamed ? {} : { name: nameOf(target.value) }),
              })
            }
          />
          <TextField
            label="Name for programs"
            placeholder="customer-chatbot"
            help={
              feature
                ? "It never changes: clients call the feature by it."
                : "What clients write as model: lower-case letters, digits and hyphens. It never changes."
            }
            disabled={Boolean(feature)}
            className="font-mono !text-xs pointer-coarse:!text-[16px]"
            value={text.name}
            error={errorAt("/name")}
            onChange={({ target }) => {
              setNamed(target.value !== "");
              set({ name: target.value });
            }}
          />
          <TextArea
            label="Description"
            dir="auto"
            help="Optional. What it does, and who asks for it."
            value={text.description}
            error={errorAt("/description")}
            onChange={({ target }) => set({ description: target.value })}
          />
          {!feature && others.length > 1 && (
            <SelectField
              label="Application"
              value={text.application}
              error={errorAt("/application")}
              onChange={({ target }) => set({ application: target.value })}
            >
              <option value="">The default application</option>
              {others.map((one) => (
                <option key={one.id} value={one.name}>
                  {one.display_name}
                </option>
              ))}
            </SelectField>
          )}
        </>
      )}
    </FormDialog>
  );
}

/** `Customer chatbot` as `customer-chatbot`. */
export const nameOf = (text: string) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 60)
    .replace(/^-+|-+$/g, "");

const created = ({ display_name, name, description, application }: Text): Change => ({
  title: `Create ${name}`,
  verb: "Create",
  done: `Created ${name}`,
  write: write("post", "/api/platform/ai-management/features", {
    body: {
      display_name,
      name,
      description,
      application: application || undefined,
      limits: NO_LIMITS,
      user_limits: NO_LIMITS,
    },
  }),
});
const NO_LIMITS = { requests_per_minute: null, tokens_per_minute: null, concurrency: null };

const textOf = ({ display_name, description }: Feature) => ({ display_name, description });

const edited = (feature: Feature, { display_name, description }: Text, tag?: string): Change => ({
  title: `Edit ${feature.name}`,
  verb: "Save",
  done: `Edited ${feature.name}`,
  tag,
  write: write("patch", "/api/platform/ai-management/features/{feature}", {
    params: { path: { feature: feature.name } },
    body: changedOf(textOf(feature), { display_name, description }),
  }),
});
