/** Which time is looked at. */

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
  const first = localDay(own.from ?? dayOf(now));
  const last = localDay(own.to ?? dayOf(now));
  return { from: first.getTime(), to: last.setDate(last.getDate() + 1) };
}

export const isDate = (value: unknown): value is string =>
  typeof value === "string" &&
  /^\d{4}-\d{2}-\d{2}$/.test(value) &&
  !Number.isNaN(localDay(value).getTime());

/** `2026-11-21`, where the reader is. */
export const dayOf = (at: number) => {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

const localDay = (text: string) => new Date(`${text}T00:00:00`);
