/** What the page's URL says. */
import { isDay } from "@/lib/day";
import { BUCKETS, type Bucket } from "./grid";
import { RANGES, type Range } from "./span";

/** What costs can be grouped and filtered by, in the words of the program. */
export const DIMENSIONS = [
  "feature",
  "model",
  "provider",
  "environment",
  "key",
  "application",
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** What the program narrows sums by. */
export const FILTERS = ["environment", "feature", "provider", "model", "key"] as const;
export type Filters = { [filter in (typeof FILTERS)[number]]?: string };

export type SpendingSearch = Omit<Filters, "environment"> & {
  /** The budget whose panel is open, by id. */
  sel?: string;
  /** A budget is being made. */
  new?: true;
  /** The selected budget is being changed. */
  edit?: true;
  /** One or two dimensions. */
  by?: Dimension[];
  range?: Range;
  /** First and last day of a range of one's own. */
  from?: string;
  to?: string;
  bucket?: Bucket;
  /** Costs of all environments, not only of the one that is looked at. */
  all?: true;
};

export function parseSearch(given: Record<string, unknown>): SpendingSearch {
  const text = (name: string) => {
    const value = given[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const day = (name: string) => (isDay(given[name]) ? given[name] : undefined);
  const [from, to] = [day("from"), day("to")];
  return {
    sel: text("sel"),
    new: given.new === true || undefined,
    edit: given.edit === true || undefined,
    by: dimensionsOf(given.by),
    range: one(RANGES, given.range),
    from,
    to: from && to && to < from ? undefined : to,
    bucket: one(BUCKETS, given.bucket),
    all: given.all === true || undefined,
    feature: text("feature"),
    provider: text("provider"),
    model: text("model"),
    key: text("key"),
  };
}

const one = <T extends string>(of: readonly T[], value: unknown): T | undefined =>
  of.find((known) => known === value);

/** At most two, each once; nothing where none is known. */
function dimensionsOf(value: unknown): Dimension[] | undefined {
  const named: unknown[] = Array.isArray(value) ? value : [value];
  const known = DIMENSIONS.filter((dimension) => named.includes(dimension));
  const inOrder = known.sort((a, b) => named.indexOf(a) - named.indexOf(b)).slice(0, 2);
  return inOrder.length > 0 ? inOrder : undefined;
}
