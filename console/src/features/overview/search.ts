/** What the URL of the overview says, and the span of time that it means. */
import { timeZone } from "@/lib/format";

export const RANGES = ["24h", "7d", "30d"] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_WORDS: Record<Range, string> = {
  "24h": "24 h",
  "7d": "7 d",
  "30d": "30 d",
};

export type OverviewSearch = { range?: Range; view?: "executive" };

/** Drops what it does not know. The first range is what an absent one means. */
export const parseSearch = (search: Record<string, unknown>): OverviewSearch => ({
  range: RANGES.slice(1).find((range) => range === search.range),
  view: search.view === "executive" ? "executive" : undefined,
});

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;

/** A time that is looked at, in slots, and the equally long one before it. */
export type Span = {
  before: string;
  from: string;
  to: string;
  bucket: "15m" | "1h" | "1d";
  bucketWords: string;
  zone: string;
  /** When each slot begins. */
  slots: number[];
};

/** The span that ends with the quarter of an hour that holds `now`. */
export function spanOf(range: Range, now: number): Span {
  const to = (Math.floor(now / QUARTER) + 1) * QUARTER;
  const start = new Date(to);
  const slots: number[] = [];
  if (range === "30d") {
    start.setDate(start.getDate() - 29);
    start.setHours(0, 0, 0, 0);
    for (const at = new Date(start); +at < to; at.setDate(at.getDate() + 1)) slots.push(+at);
  } else if (range === "7d") {
    start.setDate(start.getDate() - 7);
    start.setMinutes(0, 0, 0);
    for (let at = +start; at < to; at += 60 * MINUTE) slots.push(at);
  } else {
    start.setTime(to - 24 * 60 * MINUTE);
    for (let at = +start; at < to; at += QUARTER) slots.push(at);
  }
  const from = +start;
  return {
    before: iso(from - (to - from)),
    from: iso(from),
    to: iso(to),
    ...BUCKETS[range],
    zone: timeZone(),
    slots,
  };
}

const BUCKETS = {
  "24h": { bucket: "15m", bucketWords: "15 min" },
  "7d": { bucket: "1h", bucketWords: "hour" },
  "30d": { bucket: "1d", bucketWords: "day" },
} as const;

const iso = (at: number) => new Date(at).toISOString();

/** Whether two moments lie in the same day or month of a time zone. */
export function isSame(period: "day" | "month", zone: string, one: string, other: number): boolean {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    ...(period === "day" && { day: "2-digit" }),
  });
  return format.format(new Date(one)) === format.format(other);
}
