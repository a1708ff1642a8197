import type { Schemas } from "@/api/client";
import { isBase, isInForce } from "@/lib/prices";
import { modelOf, providerOf } from "./provider-rows";
import type { ModelsSearch, Order } from "./search";

type Model = Schemas["Model"];

/** A model with what is known of it elsewhere. */
export type ModelRow = {
  model: Model;
  provider: string;
  /** Without its provider. */
  name: string;
  /** Dollars per million tokens read and written, where it is so priced. */
  read?: number;
  written?: number;
  isUnpriced: boolean;
  aliases: string[];
  /** In thirty days; absent until it is known. */
  calls?: number;
  cost?: Schemas["Money"];
};

const perMillion = (model: Model, meter: string) => {
  const price = model.prices.find(
    (one) => one.meter === meter && isBase(one) && isInForce(one),
  )?.rate_per_million;
  return price == null ? undefined : Number(price);
};

export function modelRows(
  models: Model[],
  aliases: Schemas["Alias"][] | undefined,
  sums: Schemas["Sum"][] | undefined,
): ModelRow[] {
  const used = new Map(sums?.map((sum) => [(sum.group as { model?: string }).model, sum]));
  const zero = { amount: "0", currency: sums?.[0]?.cost.currency ?? "USD" };
  const named = new Map<string, string[]>();
  for (const { name, model } of aliases ?? [])
    named.set(model, [...(named.get(model) ?? []), name]);
  return models.map((model) => ({
    model,
    provider: providerOf(model.name),
    name: modelOf(model.name),
    read: perMillion(model, "input_tokens"),
    written: perMillion(model, "output_tokens"),
    isUnpriced: !model.prices.some((price) => isInForce(price)),
    aliases: named.get(model.name) ?? [],
    calls: sums && (used.get(model.name)?.calls ?? 0),
    cost: sums && (used.get(model.name)?.cost ?? zero),
  }));
}

/** Those that the filters leave: every word of the text stands in the name or an alias. */
export function filtered(rows: ModelRow[], search: ModelsSearch): ModelRow[] {
  const words = search.q?.toLowerCase().split(/\s+/).filter(Boolean) ?? [];
  return rows.filter(
    (row) =>
      (!search.provider || row.provider === search.provider) &&
      (!search.type || row.model.type === search.type) &&
      (!search.unpriced || row.isUnpriced) &&
      words.every((word) =>
        [row.model.name, ...row.aliases].some((name) => name.toLowerCase().includes(word)),
      ),
  );
}

const VALUE: Record<Order, (row: ModelRow) => string | number | undefined> = {
  name: (row) => row.name,
  provider: (row) => row.provider,
  type: (row) => row.model.type,
  context: (row) => row.model.context_window ?? undefined,
  read: (row) => row.read,
  written: (row) => row.written,
  calls: (row) => row.calls,
  cost: (row) => (row.cost ? Number(row.cost.amount) : undefined),
};

/** By what the URL says. What has no value comes last, whichever way. */
export function ordered(rows: ModelRow[], sort: ModelsSearch["sort"]): ModelRow[] {
  if (!sort) return rows;
  const value = VALUE[sort.replace(/^-/, "") as Order];
  const sign = sort.startsWith("-") ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === undefined || b === undefined)
      return Number(a === undefined) - Number(b === undefined);
    if (typeof a === "string")
      return sign * a.localeCompare(String(b), undefined, { numeric: true });
    return sign * (a - Number(b));
  });
}

/** `litellm 1.109.1 of 2026-11-12` as who says it, and when. */
export function sourceOf(source: string): { name: string; date?: string } {
  const found = source.match(/^(\S+) .* of (\d{4}-\d{2}-\d{2})$/);
  return found ? { name: found[1]!, date: found[2] } : { name: source };
}
