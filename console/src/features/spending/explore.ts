/** What the program's sums say as a chart and as a table. */
import { seriesColor } from "@/charts/scale";
import type { Point, Series } from "@/charts/time-chart";
import { amountOf, type Money, words } from "@/lib/format";
import { sumOf } from "./amount";
import { type Names, nameOf } from "./names";
import type { Sum } from "./queries";
import type { Dimension } from "./search";

/** What sums without this dimension are called: calls that came to no model have none. */
export const NOTHING = "";
export const OTHER = "\u0000other";
const SHOWN = 6;

export type Slice = { key: string; label: string; cost: Money };

/** What a sum is grouped under; the generated type knows no names of dimensions. */
export const valueIn = (sum: Sum, dimension: Dimension): string =>
  (sum.group as Partial<Record<Dimension, string>>)[dimension] ?? NOTHING;

export function labelOf(key: string, dimension: Dimension, names: Names): string {
  if (key === OTHER) return "Other";
  if (key === NOTHING) return `No ${dimension}`;
  if (dimension === "environment") return words(key);
  return dimension === "model" ? key : nameOf(names, key);
}

/** The values of a dimension, the dearest first. */
export function slicesOf(sums: Sum[], dimension: Dimension, names: Names): Slice[] {
  return [...grouped(sums, (sum) => valueIn(sum, dimension))]
    .map(([key, its]) => ({ key, label: labelOf(key, dimension, names), cost: costOf(its) }))
    .sort((a, b) => amountOf(b.cost) - amountOf(a.cost) || a.label.localeCompare(b.label, "en"));
}

/** The dearest six by name; what is left as one. */
export function leading(slices: Slice[]): { shown: Slice[]; hasOther: boolean } {
  const named = slices.length <= SHOWN + 1 ? slices : slices.slice(0, SHOWN);
  return { shown: named, hasOther: named.length < slices.length };
}

/** A series for each leading value, and a point for each bucket; a bucket that cost nothing is there too. */
export function chartOf(
  sums: Sum[],
  starts: number[],
  dimension: Dimension | undefined,
  names: Names,
): { series: Series[]; points: Point[] } {
  const slices = dimension ? slicesOf(sums, dimension, names) : [];
  const { shown, hasOther } = leading(slices);
  // A colour belongs to a name: who costs most today may cost less tomorrow.
  const inOrder = shown.map((slice) => slice.label).sort();
  const series: Series[] = shown.map((slice) => ({
    key: slice.key,
    label: slice.label,
    color: seriesColor(inOrder.indexOf(slice.label)),
  }));
  if (hasOther) series.push({ key: OTHER, label: "Other", color: "var(--c-other)" });
  if (!dimension) series.push({ key: "all", label: "Cost", color: seriesColor(0) });
  const place = new Map(starts.map((start, index) => [start, index]));
  const points: Point[] = starts.map((at) => ({
    at,
    values: Object.fromEntries(series.map((one) => [one.key, 0])),
  }));
  for (const sum of sums) {
    const point = points[place.get(Date.parse(sum.bucket)) ?? -1];
    const key = dimension ? valueIn(sum, dimension) : "all";
    const known = shown.some((slice) => slice.key === key) || !dimension ? key : OTHER;
    if (point) point.values[known] = (point.values[known] ?? 0) + amountOf(sum.cost);
  }
  return { series, points };
}

export type Row = {
  key: string;
  label: string;
  cost: Money;
  calls: number;
  attempts: number;
  unpriced: number;
  estimated: number;
  /** By value of the second dimension. */
  cells: ReadonlyMap<string, Money>;
};

/** A row for each value of the first dimension, a column for each leading one of the second. */
export function pivotOf(sums: Sum[], by: readonly Dimension[], names: Names) {
  const [first, second] = by;
  const columns = second ? leading(slicesOf(sums, second, names)) : { shown: [], hasOther: false };
  const heads = columns.shown.map(({ key, label }) => ({ key, label }));
  if (columns.hasOther) heads.push({ key: OTHER, label: "Other" });
  const headOf = (sum: Sum) => {
    const key = second ? valueIn(sum, second) : NOTHING;
    return columns.shown.some((slice) => slice.key === key) ? key : OTHER;
  };
  const rowOf = (key: string, label: string, its: Sum[]): Row => ({
    key,
    label,
    cost: costOf(its),
    calls: total(its, (sum) => sum.calls),
    attempts: total(its, (sum) => sum.attempts),
    unpriced: total(its, (sum) => sum.unpriced_attempts),
    estimated: total(its, (sum) => sum.estimated_attempts + sum.bound_attempts),
    cells: new Map([...grouped(its, headOf)].map(([head, cell]) => [head, costOf(cell)])),
  });
  const byFirst = grouped(sums, (sum) => (first ? valueIn(sum, first) : NOTHING));
  const rows = first
    ? slicesOf(sums, first, names).map(({ key, label }) =>
        rowOf(key, label, byFirst.get(key) ?? []),
      )
    : [];
  return { heads, rows, total: rowOf("", "Total", sums) };
}

const costOf = (sums: Sum[]): Money =>
  sumOf(
    sums.map((sum) => sum.cost),
    sums[0]?.cost.currency ?? "USD",
  );

const total = (sums: Sum[], of: (sum: Sum) => number) =>
  sums.reduce((sum, one) => sum + of(one), 0);

function grouped(sums: Sum[], keyOf: (sum: Sum) => string): Map<string, Sum[]> {
  const groups = new Map<string, Sum[]>();
  for (const sum of sums) {
    const key = keyOf(sum);
    const group = groups.get(key);
    if (group) group.push(sum);
    else groups.set(key, [sum]);
  }
  return groups;
}
