import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { providersQuery } from "@/api/every-page";
import { write } from "@/api/write";
import { Checkbox, SelectField, TextField } from "@/ui/field";
import { FieldGroup, FormDialog } from "@/ui/form-dialog";
import { typeLabel } from "./model-columns";
import { PriceFields } from "./price-fields";
import { emptyPrice, type PriceForm, pricesOf } from "./price-form";
import { TYPES } from "./search";

type Form = {
  provider: string;
  name: string;
  upstream: string;
  fromCatalogue: boolean;
  catalogue: string;
  entry: string;
  type: Schemas["ModelType"];
  context: string;
  output: string;
  prices: PriceForm[];
};

/** What the program is asked for, or nothing while a field is wrong. */
export function newModel(form: Form): Schemas["NewModel"] | undefined {
  const given = (text: string) => text.trim() || undefined;
  const figure = (text: string) => (text.trim() ? Number(text) : undefined);
  const named = {
    provider: form.provider,
    name: form.name.trim(),
    upstream_name: given(form.upstream),
  };
  if (form.fromCatalogue) {
    const model = given(form.entry) ?? form.name.trim();
    return { ...named, catalog: { provider: form.catalogue.trim(), model } };
  }
  // A row without a rate was not filled in: the model then has no price of it.
  const prices = pricesOf(form.prices.filter((price) => price.rate.trim()));
  if (!prices || [form.context, form.output].some((text) => !/^\d*$/.test(text.trim()))) return;
  return {
    ...named,
    type: form.type,
    context_window: figure(form.context),
    max_output_tokens: figure(form.output),
    prices,
  };
}

/** A model of a provider that is there, with figures of the catalogue or one's own. */
export function AddModel(props: {
  provider: string | undefined;
  onClose: () => void;
  onAdded: (name: string) => void;
}) {
  const providers = useQuery(providersQuery);
  const [isTried, setTried] = useState(false);
  const [form, setForm] = useState<Form>({
    provider: props.provider ?? "",
    name: "",
    upstream: "",
    fromCatalogue: false,
    catalogue: "",
    entry: "",
    type: "llm",
    context: "",
    output: "",
    prices: [emptyPrice("input_tokens"), emptyPrice("output_tokens")],
  });
  const set = (part: Partial<Form>) => setForm((old) => ({ ...old, ...part }));
  const provider = form.provider || providers.data?.[0]?.name || "";
  const change = () => {
    setTried(true);
    const body = newModel({ ...form, provider });
    return (
      body && {
        title: `Add model ${provider}/${body.name}`,
        verb: "Add",
        done: `Added model ${provider}/${body.name}`,
        write: write("post", "/api/platform/ai-management/models", { body }),
        onDone: (answer: Schemas["Model"]) => props.onAdded(answer.name),
      }
    );
  };
  return (
    <FormDialog
      title="Add model"
      description="It can be called as soon as it is there."
      verb="Add model"
      change={change}
      isNew
      size="lg"
      onClose={props.onClose}
    >
      {(errorAt) => (
        <>
          <FieldGroup>
            <SelectField
              label="Provider"
              error={errorAt("/provider")}
              value={provider}
              onChange={(event) => set({ provider: event.target.value })}
            >
              {providers.data?.map((one) => (
                <option key={one.id}>{one.name}</option>
              ))}
            </SelectField>
            <TextField
              label="Name"
              autoFocus
              spellCheck={false}
              placeholder="gpt-4.1-mini"
              help={`Clients write ${provider}/${form.name || "…"}.`}
              error={errorAt("/name")}
              value={form.name}
              onChange={(event) => set({ name: event.target.value })}
            />
            <TextField
              label="What the provider calls it"
              spellCheck={false}
              placeholder="The same"
              error={errorAt("/upstream_name")}
              value={form.upstream}
              onChange={(event) => set({ upstream: event.target.value })}
            />
          </FieldGroup>
          <Checkbox
            label="Take its figures from the catalogue"
            help="Type, context window and prices, with source and date."
            checked={form.fromCatalogue}
            onChange={(event) => set({ fromCatalogue: event.target.checked })}
          />
          {form.fromCatalogue ? (
            <FieldGroup>
              <TextField
                label="Provider in the catalogue"
                spellCheck={false}
                placeholder="openai"
                error={errorAt("/catalog")}
                value={form.catalogue}
                onChange={(event) => set({ catalogue: event.target.value })}
              />
              <TextField
                label="Model in the catalogue"
                spellCheck={false}
                placeholder={form.name || "gpt-4.1-mini"}
                value={form.entry}
                onChange={(event) => set({ entry: event.target.value })}
              />
            </FieldGroup>
          ) : (
            <>
              <FieldGroup columns={3}>
                <SelectField
                  label="Type"
                  error={errorAt("/type")}
                  value={form.type}
                  onChange={(event) => set({ type: event.target.value as Form["type"] })}
                >
                  {TYPES.map((type) => (
                    <option key={type} value={type}>
                      {typeLabel(type)}
                    </option>
                  ))}
                </SelectField>
                <TextField
                  label="Context window"
                  inputMode="numeric"
                  unit="tokens"
                  error={errorAt("/context_window")}
                  value={form.context}
                  onChange={(event) => set({ context: event.target.value })}
                />
                <TextField
                  label="Most output"
                  inputMode="numeric"
                  unit="tokens"
                  error={errorAt("/max_output_tokens")}
                  value={form.output}
                  onChange={(event) => set({ output: event.target.value })}
                />
              </FieldGroup>
              <FieldGroup
                title="Prices"
                help="Without any, what its calls cost is not known, and never taken for zero."
                columns={1}
              >
                <PriceFields
                  prices={form.prices}
                  onChange={(prices) => set({ prices })}
                  errorAt={errorAt}
                  isTried={isTried && form.prices.some((price) => price.rate.trim() !== "")}
                />
              </FieldGroup>
            </>
          )}
        </>
      )}
    </FormDialog>
  );
}
