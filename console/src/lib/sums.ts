/** What the sums of the ledger say beyond what stands in them. */
import type { Schemas } from "@/api/client";

type Counted = Pick<Schemas["Sum"], "calls" | "calls_by_status">;

export const callsWith = (sum: Counted, status: string) =>
  (sum.calls_by_status as Record<string, number>)[status] ?? 0;

/** Calls that no budget, limit or key stopped before they went out. */
export const passed = (sum: Counted) => sum.calls - callsWith(sum, "blocked");

/** The share of those that succeeded; not a number where there was none. */
export const successOf = (sum: Counted) => callsWith(sum, "success") / (passed(sum) || Number.NaN);
