/** Which time is looked at. */
import { dayOf, endOf, startOf } from "@/lib/day";

export const RANGES = ["24h", "7d", "30d", "month", "90d", "1y", "custom"] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_WORDS: Record<Range, string> = {
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  month: "This month",
  "90d": "Last 90 days",
  "1y": "Last 12 months",
  custom: "From day to day",
};

export type Span = { from: number; to: number };

const QUARTER_HOUR = 900_000;
const DAY = 86_400_000;
const DAYS: Partial<Record<Range, number>> = { "24h": 1, "7d": 7, "30d": 30, "90d": 90, "1y": 365 };

/** From when until before when, in whole quarters of an hour: finer nothing is summed. */
export function spanOf(range: Range, own: { from?: string; to?: string }, now: number): Span {
  const to = Math.ceil(now / QUARTER_HOUR) * QUARTER_HOUR;
  const days = DAYS[range];
  if (days) return { from: to - days * DAY, to };
  const today = new Date(now);
  if (range === "month")
    return { from: new Date(today.getFullYear(), today.getMonth()).getTime(), to };
  const [first, last] = [own.from ?? dayOf(now), own.to ?? dayOf(now)];
  return { from: startOf(first).getTime(), to: endOf(last).getTime() };
}
