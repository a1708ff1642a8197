/** What models cost, in few words. */
import type { Schemas } from "@/api/client";

type Price = Schemas["Price"];

const rates = new Intl.NumberFormat("en", {
  style: "currency",
  currency: "USD",
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
});

/** The rate of a meter that holds where no condition says otherwise: `$2.50` per million, `$0.04` per unit. */
export function rate(prices: Price[], meter: string): string | undefined {
  const price = prices.find(
    (one) => one.meter === meter && Object.keys(one.conditions ?? {}).length === 0,
  );
  const text = price?.rate_per_million ?? price?.rate_per_unit;
  return text == null ? undefined : rates.format(Number(text));
}

/** `$0.40 in · $1.60 out`, in dollars per million tokens; nothing where it is not priced by tokens. */
export function tokenPrice(prices: Price[]): string | undefined {
  const [read, written] = [rate(prices, "input_tokens"), rate(prices, "output_tokens")];
  const parts = [read && `${read} in`, written && `${written} out`].filter(Boolean);
  return parts.length > 0 ? parts.join(" · ") : undefined;
}
