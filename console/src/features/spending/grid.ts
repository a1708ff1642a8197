/** The moments at which sums begin. The program leaves out those at which nothing was spent. */
import type { Span } from "./span";

export const BUCKETS = ["15m", "1h", "1d", "1w", "1mo"] as const;
export type Bucket = (typeof BUCKETS)[number];

export const BUCKET_WORDS: Record<Bucket, string> = {
  "15m": "15 min",
  "1h": "hour",
  "1d": "day",
  "1w": "week",
  "1mo": "month",
};

const HOUR = 3_600_000;
const LENGTH: Record<Bucket, number> = {
  "15m": HOUR / 4,
  "1h": HOUR,
  "1d": 24 * HOUR,
  "1w": 168 * HOUR,
  "1mo": 730 * HOUR,
};
/** More bars than these are not told apart; fewer tell nothing. */
const MOST = 400;
const NICE = 120;

/** Those that suit a span, the finest first. */
export function suiting({ from, to }: Span): Bucket[] {
  const bars = (bucket: Bucket) => (to - from) / LENGTH[bucket];
  const fitting = BUCKETS.filter((bucket) => bars(bucket) <= MOST && bars(bucket) >= 1);
  return fitting.length > 0 ? fitting : [bars("15m") < 1 ? "15m" : "1mo"];
}

/** The one that is chosen, or the finest that still reads well. */
export function bucketOf(span: Span, chosen: Bucket | undefined): Bucket {
  const offered = suiting(span);
  if (chosen && offered.includes(chosen)) return chosen;
  return (
    offered.find((bucket) => (span.to - span.from) / LENGTH[bucket] <= NICE) ??
    offered[offered.length - 1]!
  );
}

/** Where each bucket of a span begins, and where the last one ends, by the reader's calendar. */
export function gridOf({ from, to }: Span, bucket: Bucket): { starts: number[]; end: number } {
  const starts: number[] = [];
  let at = begin(from, bucket);
  while (at < to) {
    starts.push(at);
    at = next(at, bucket);
  }
  return { starts, end: at };
}

function begin(at: number, bucket: Bucket): number {
  const date = new Date(at);
  if (bucket === "15m") return Math.floor(at / LENGTH["15m"]) * LENGTH["15m"];
  if (bucket === "1h") return date.setMinutes(0, 0, 0);
  date.setHours(0, 0, 0, 0);
  if (bucket === "1w") date.setDate(date.getDate() - ((date.getDay() + 6) % 7));
  if (bucket === "1mo") date.setDate(1);
  return date.getTime();
}

function next(at: number, bucket: Bucket): number {
  if (bucket === "15m" || bucket === "1h") return at + LENGTH[bucket];
  const date = new Date(at);
  if (bucket === "1mo") return date.setMonth(date.getMonth() + 1);
  return date.setDate(date.getDate() + (bucket === "1w" ? 7 : 1));
}
