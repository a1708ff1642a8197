import { useState } from "react";
import type { Schemas } from "@/api/client";
import { write } from "@/api/write";
import { changedOf } from "@/lib/changed";
import { now } from "@/lib/now";
import { AsRead } from "@/ui/as-read";
import { TextField } from "@/ui/field";
import { FieldGroup, FormDialog } from "@/ui/form-dialog";
import { conditionsOf } from "./meters";
import { PriceFields } from "./price-fields";
import { emptyPrice, priceForm, pricesOf } from "./price-form";
import { modelQuery, modelUrl } from "./queries";

const MODEL = "/api/platform/ai-management/models/{model}";

type Edit = { before: Schemas["Model"]; tag?: string; onClose: () => void };

/** Forms of a model, over the state that was read last, with its tag. */
export function ModelEdit(props: {
  name: string;
  edit: "prices" | "details";
  onClose: () => void;
}) {
  const Form = { prices: Prices, details: Details }[props.edit];
  return (
    <AsRead query={modelQuery(props.name)} url={modelUrl(props.name)}>
      {(before, tag) => <Form before={before} tag={tag} onClose={props.onClose} />}
    </AsRead>
  );
}

const isOver = (price: Schemas["Price"]) => {
  const end = conditionsOf(price).effective_until;
  return end !== undefined && Date.parse(end) <= now();
};

function Prices({ before, tag, onClose }: Edit) {
  const [prices, setPrices] = useState(() => {
    const present = before.prices.filter((price) => !isOver(price)).map(priceForm);
    return present.length > 0 ? present : [emptyPrice("input_tokens"), emptyPrice("output_tokens")];
  });
  const [isTried, setTried] = useState(false);
  const change = () => {
    setTried(true);
    const stated = pricesOf(prices);
    return (
      stated && {
        title: `Change the prices of ${before.name}`,
        verb: "Change",
        done: `Changed the prices of ${before.name}`,
        note: (
          <p className="text-sm">
            They hold for calls from now on. What was called before keeps the prices of its time.
          </p>
        ),
        tag,
        write: write("patch", MODEL, {
          params: { path: { model: before.name } },
          body: { prices: stated },
        }),
      }
    );
  };
  return (
    <FormDialog
      title={`Prices of ${before.name}`}
      description={
        before.origin
          ? `From ${before.origin.sources.join(", ")}. Once you state them, the catalogue leaves them alone.`
          : "Stated here. The catalogue leaves them alone."
      }
      verb="Review change"
      change={change}
      onClose={onClose}
      size="lg"
    >
      {(errorAt) => (
        <PriceFields prices={prices} onChange={setPrices} errorAt={errorAt} isTried={isTried} />
      )}
    </FormDialog>
  );
}

const isWhole = (text: string) => text.trim() === "" || /^\d{1,12}$/.test(text.trim());
export const WHOLE = "Give a whole number of tokens.";

function Details({ before, tag, onClose }: Edit) {
  const [context, setContext] = useState(String(before.context_window ?? ""));
  const [output, setOutput] = useState(String(before.max_output_tokens ?? ""));
  const [upstream, setUpstream] = useState(before.upstream_name ?? "");
  const figure = (text: string) => (text.trim() ? Number(text) : undefined);
  const change = () =>
    isWhole(context) && isWhole(output)
      ? {
          title: `Change model ${before.name}`,
          verb: "Change",
          done: `Changed model ${before.name}`,
          tag,
          write: write("patch", MODEL, {
            params: { path: { model: before.name } },
            body: changedOf(
              {
                context_window: before.context_window ?? undefined,
                max_output_tokens: before.max_output_tokens ?? undefined,
                upstream_name: before.upstream_name ?? undefined,
              },
              {
                context_window: figure(context),
                max_output_tokens: figure(output),
                upstream_name: upstream.trim() || undefined,
              },
            ),
          }),
        }
      : undefined;
  return (
    <FormDialog
      title={`Model ${before.name}`}
      verb="Review change"
      change={change}
      onClose={onClose}
    >
      {(errorAt) => (
        <FieldGroup>
          <TextField
            label="Context window"
            inputMode="numeric"
            unit="tokens"
            error={isWhole(context) ? errorAt("/context_window") : WHOLE}
            value={context}
            onChange={(event) => setContext(event.target.value)}
          />
          <TextField
            label="Most output"
            inputMode="numeric"
            unit="tokens"
            error={isWhole(output) ? errorAt("/max_output_tokens") : WHOLE}
            value={output}
            onChange={(event) => setOutput(event.target.value)}
          />
          <TextField
            label="What the provider calls it"
            spellCheck={false}
            placeholder="The name after the slash"
            error={errorAt("/upstream_name")}
            value={upstream}
            onChange={(event) => setUpstream(event.target.value)}
          />
        </FieldGroup>
      )}
    </FormDialog>
  );
}
