import type { Schemas } from "@/api/client";

type Model = Schemas["Model"];

/** Models of today read at least this much at once. */
const TODAY = 100_000;

/** A model that is likely to answer at little cost: the cheapest writer of today's; else any that writes. */
export function likelyModel(models: Model[]): string | undefined {
  const writers = models.filter((model) => model.type === "llm");
  const priced = writers
    .filter((model) => (model.context_window ?? 0) >= TODAY)
    .map((model) => ({ name: model.name, price: priceOf(model) }))
    .filter(({ price }) => price > 0)
    .toSorted((one, other) => one.price - other.price);
  return priced[0]?.name ?? writers[0]?.name;
}

const priceOf = ({ prices }: Model) =>
  Number(prices.find(({ meter }) => meter === "output_tokens")?.rate_per_million ?? 0);
