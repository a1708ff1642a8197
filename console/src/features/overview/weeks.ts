/** Weeks of the organization, as its board is shown them. */
import type { Schemas } from "@/api/client";
import { amountOf } from "@/lib/format";
import { successOf } from "@/lib/sums";
import { groupOf } from "./figures";
import type { Sum } from "./queries";

const WEEK = 7 * 86_400_000;
/** A week with a change of clocks has an hour more or less. */
const HOUR = 3_600_000;

export type Week = {
  at: number;
  sum: Sum;
  /** It is not over: it can't be compared yet. */
  isOpen: boolean;
  perCall: Schemas["Money"] | null;
  success: number;
};

export const weekEnd = (at: number) => at + WEEK;

/** The youngest first. The first week of all is left out where it began before the time that was asked for. */
export function weeksOf(items: Sum[], from: string, now: number): Week[] {
  return items
    .filter((sum) => Date.parse(sum.bucket) >= Date.parse(from))
    .map((sum): Week => {
      const at = Date.parse(sum.bucket);
      return {
        at,
        sum,
        isOpen: at + WEEK - HOUR > now,
        perCall: perCall(sum),
        success: successOf(sum),
      };
    })
    .toReversed();
}

export const perCall = (sum: Pick<Sum, "cost" | "calls">): Schemas["Money"] | null =>
  sum.calls > 0
    ? { amount: (amountOf(sum.cost) / sum.calls).toFixed(9), currency: sum.cost.currency }
    : null;

export type Share = { name: string; cost: Schemas["Money"]; share: number; isFeature: boolean };

/** What each feature cost, the dearest first, as a share of all. */
export function sharesOf(
  items: Sum[],
  features: Pick<Schemas["Feature"], "id" | "name">[],
): Share[] {
  const all = items.reduce((sum, one) => sum + amountOf(one.cost), 0);
  const nameOf = (id: string | undefined) =>
    id === undefined
      ? "Without a feature"
      : (features.find((feature) => feature.id === id)?.name ?? "Removed feature");
  return items
    .map((sum) => {
      const id = groupOf(sum, "feature");
      return {
        name: nameOf(id),
        cost: sum.cost,
        share: all > 0 ? amountOf(sum.cost) / all : 0,
        isFeature: features.some((feature) => feature.id === id),
      };
    })
    .filter((one) => amountOf(one.cost) > 0)
    .toSorted((one, other) => amountOf(other.cost) - amountOf(one.cost));
}
