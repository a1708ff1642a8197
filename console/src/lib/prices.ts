/** What models cost, in few words. */
import type { Schemas } from "@/api/client";
import { now } from "./now";

type Price = Schemas["Price"];

const rates = new Intl.NumberFormat("en", {
  style: "currency",
  currency: "USD",
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
});

type Conditions = { effective_from?: string; effective_until?: string };

/** Whether a price holds at a moment: those of the past stay beside the present ones. */
export function isInForce(price: Price, at: number = now()): boolean {
  const { effective_from: from, effective_until: until } = (price.conditions ?? {}) as Conditions;
  return (!from || Date.parse(from) <= at) && (!until || at < Date.parse(until));
}

/** Whether it holds for every call, whatever its tier, size, region or hour. */
export const isBase = (price: Price) =>
  Object.keys(price.conditions ?? {}).every((name) => name.startsWith("effective_"));

/** The rate of a meter that holds now where no condition says otherwise: `$2.50` per million, `$0.04` per unit. */
export function rate(prices: Price[], meter: string): string | undefined {
  const price = prices.find((one) => one.meter === meter && isBase(one) && isInForce(one));
  const text = price?.rate_per_million ?? price?.rate_per_unit;
  return text == null ? undefined : rates.format(Number(text));
}

/** `$0.40 in · $1.60 out`, in dollars per million tokens; nothing where it is not priced by tokens. */
export function tokenPrice(prices: Price[]): string | undefined {
  const [read, written] = [rate(prices, "input_tokens"), rate(prices, "output_tokens")];
  const parts = [read && `${read} in`, written && `${written} out`].filter(Boolean);
  return parts.length > 0 ? parts.join(" · ") : undefined;
}
