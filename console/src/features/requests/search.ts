/** What the page's URL says, and what is asked of the program for it. */
import type { Environment } from "@/lib/environment";

export const STATUSES = ["success", "error", "timeout", "cancelled", "blocked", "unknown"] as const;
export type Status = (typeof STATUSES)[number];

const HOUR = 3_600_000;
/** Ranges that end now, and how long they are. */
export const RANGES = {
  hour: { label: "Last hour", length: HOUR },
  day: { label: "Last 24 hours", length: 24 * HOUR },
  week: { label: "Last 7 days", length: 7 * 24 * HOUR },
  month: { label: "Last 30 days", length: 30 * 24 * HOUR },
} as const;
export type Range = keyof typeof RANGES;
export const DEFAULT_RANGE: Range = "day";

/** Absent fields narrow nothing. */
export type RequestSearch = {
  q?: string;
  /** One or several, with commas. */
  status?: string;
  cached?: true;
  retried?: true;
  /** Milliseconds. */
  slower?: number;
  /** Dollars, as a decimal text. */
  dearer?: string;
  feature?: string;
  provider?: string;
  model?: string;
  key?: string;
  user?: string;
  range?: Range;
  /** A span of one's own, in place of a range. */
  from?: string;
  to?: string;
  /** The list begins at this moment and goes back from there. */
  at?: string;
  live?: true;
  sel?: string;
};

/** Reads a URL: what it can't mean is left out. */
export function parseSearch(search: Record<string, unknown>): RequestSearch {
  const span = { from: momentOf(search.from), to: momentOf(search.to) };
  const isSpan = !span.from || !span.to || span.from < span.to;
  const found: RequestSearch = {
    q: textOf(search.q),
    status: statusesOf(search.status),
    cached: isTrue(search.cached),
    retried: isTrue(search.retried),
    slower: positive(search.slower),
    dearer: dollarsOf(search.dearer),
    feature: textOf(search.feature),
    provider: textOf(search.provider),
    model: textOf(search.model),
    key: textOf(search.key),
    user: textOf(search.user),
    range:
      typeof search.range === "string" && Object.hasOwn(RANGES, search.range)
        ? (search.range as Range)
        : undefined,
    ...(isSpan ? span : {}),
    at: momentOf(search.at),
    live: isTrue(search.live),
    sel: textOf(search.sel),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** More than the program looks for. */
const MAX_TEXT = 200;
/** A number in a URL may be a name: users are often called by one. */
const textOf = (value: unknown) =>
  (typeof value === "string" && value.trim()) || typeof value === "number"
    ? String(value).trim().slice(0, MAX_TEXT)
    : undefined;
const isTrue = (value: unknown) => (value === true || undefined) as true | undefined;
const positive = (value: unknown) =>
  Number(value) >= 1 && Number(value) <= 24 * HOUR ? Math.round(Number(value)) : undefined;

/** `0.05`, up to the nine places that are kept; nothing where it is no amount above zero. */
export function dollarsOf(value: unknown): string | undefined {
  const text = String(value ?? "")
    .trim()
    .replace(/^\$\s*/, "");
  return /^\d{1,9}(\.\d{1,9})?$/.test(text) && Number(text) > 0 ? text : undefined;
}

function momentOf(value: unknown): string | undefined {
  const at = typeof value === "string" || typeof value === "number" ? new Date(value) : null;
  return at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
}

function statusesOf(value: unknown): string | undefined {
  const named = Array.isArray(value) ? value : String(value ?? "").split(",");
  return STATUSES.filter((status) => named.includes(status)).join(",") || undefined;
}

export const hasStatus = (search: RequestSearch, status: Status) =>
  search.status?.split(",").includes(status) ?? false;

/** The same with a status more, or one less. */
export function toggleStatus(search: RequestSearch, status: Status): string | undefined {
  const next = STATUSES.filter((one) => hasStatus(search, one) !== (one === status));
  return next.join(",") || undefined;
}

/** What "Clear" takes away: the time stays. */
export const NO_FILTERS = {
  q: undefined,
  status: undefined,
  cached: undefined,
  retried: undefined,
  slower: undefined,
  dearer: undefined,
  feature: undefined,
  provider: undefined,
  model: undefined,
  key: undefined,
  user: undefined,
} satisfies Partial<RequestSearch>;

export const isNarrowed = (search: RequestSearch) =>
  Object.keys(NO_FILTERS).some((key) => search[key as keyof typeof NO_FILTERS] !== undefined);

export type Span = { from?: string; to?: string };

/** Sums are kept by quarters of an hour. */
const SLOT = HOUR / 4;

/** From when to when, for who looks at `now`. A range has no end: what comes belongs to it. */
export function spanOf(search: RequestSearch, now: number): Span {
  if (search.from || search.to) return { from: search.from, to: search.to };
  const begin = now - RANGES[search.range ?? DEFAULT_RANGE].length;
  return { from: new Date(begin - (begin % SLOT)).toISOString() };
}

/** Whether sums have the same calls as the list: those of a span of one's own may begin and end within a slot. */
export const isWholeSlots = ({ from, to }: Span) =>
  [from, to].every((at) => !at || Date.parse(at) % SLOT === 0);

/** What sums by quarters of an hour can be narrowed by. */
export const countedFilters = (search: RequestSearch, environment: Environment, span: Span) => ({
  ...span,
  environment,
  status: search.status,
  cached: search.cached,
  feature: search.feature,
  provider: search.provider,
  model: search.model,
  key: search.key,
});

/** Whether the sums know how many calls the list has. */
export const isCounted = (search: RequestSearch) =>
  !search.q &&
  !search.retried &&
  search.slower === undefined &&
  !search.dearer &&
  search.user === undefined;

/** What the list is narrowed by. */
export const filters = (search: RequestSearch, environment: Environment, span: Span) => ({
  ...countedFilters(search, environment, span),
  to: search.at ?? span.to,
  user: search.user,
  retried: search.retried,
  min_duration_ms: search.slower,
  min_cost: search.dearer,
  q: search.q,
});
export type Filters = ReturnType<typeof filters>;
