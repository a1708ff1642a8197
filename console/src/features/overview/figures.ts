/** Sums of the ledger as the figures that the overview shows. */

import type { Schemas } from "@/api/client";
import { seriesColor } from "@/charts/scale";
import type { Point, Series } from "@/charts/time-chart";
import type { Sum } from "./queries";

export const groupOf = (sum: Sum, dimension: string): string | undefined =>
  (sum.group as Record<string, string>)[dimension];

/** How far a figure is from what it was before, as a share of that. */
export const changeOf = (now: number | null | undefined, before: number | null | undefined) =>
  now == null || !before ? Number.NaN : now / before - 1;

/** A figure in each slot; slots without calls have none. */
export function course<T>(items: Sum[], slots: number[], figure: (sum: Sum) => T): (T | null)[] {
  const bySlot = new Map(items.map((sum) => [Date.parse(sum.bucket), sum]));
  return slots.map((at) => {
    const sum = bySlot.get(at);
    return sum ? figure(sum) : null;
  });
}

const NOWHERE = "nowhere";
const OTHER = "other";
const MAXIMUM = 6;

/** Calls of each slot by the provider that served them. A provider keeps its colour whatever it is compared with. */
export function byProvider(
  items: Sum[],
  slots: number[],
  providers: Pick<Schemas["Provider"], "id" | "name">[],
): { series: Series[]; points: Point[] } {
  const calls = new Map<string, number>();
  for (const sum of items) {
    const id = groupOf(sum, "provider") ?? NOWHERE;
    calls.set(id, (calls.get(id) ?? 0) + sum.calls);
  }
  const ids = [...calls.keys()].filter((id) => id !== NOWHERE);
  const nameOf = (id: string) => providers.find((one) => one.id === id)?.name ?? "Removed provider";
  const ranked = ids.toSorted((one, other) => calls.get(other)! - calls.get(one)!);
  const shown = ranked.slice(0, MAXIMUM).toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const place = (id: string) => {
    const known = providers.findIndex((one) => one.id === id);
    return providers.length <= MAXIMUM && known >= 0 ? known : shown.indexOf(id);
  };
  const series: Series[] = shown.map((id) => ({
    key: id,
    label: nameOf(id),
    color: seriesColor(place(id)),
  }));
  if (ranked.length > MAXIMUM)
    series.push({ key: OTHER, label: "Other", color: seriesColor(MAXIMUM) });
  if (calls.has(NOWHERE))
    series.push({ key: NOWHERE, label: "Not sent on", color: "var(--ink-3)", isDashed: true });
  const keyOf = (sum: Sum) => {
    const id = groupOf(sum, "provider") ?? NOWHERE;
    return id === NOWHERE || shown.includes(id) ? id : OTHER;
  };
  const points = slots.map(
    (at): Point => ({
      at,
      values: Object.fromEntries(series.map((one) => [one.key, 0])),
    }),
  );
  const bySlot = new Map(points.map((point) => [point.at, point]));
  for (const sum of items) {
    const values = bySlot.get(Date.parse(sum.bucket))?.values;
    if (values) values[keyOf(sum)] = (values[keyOf(sum)] ?? 0) + sum.calls;
  }
  return { series, points };
}

const HOUR = 3_600_000;

/** Calls per minute over the last hour of a course by quarters of an hour. */
export function perMinute(calls: (number | null)[], slots: number[], now: number): number {
  let sum = 0;
  let first = now;
  for (const [index, at] of slots.entries()) {
    if (at <= now - HOUR) continue;
    first = Math.min(first, at);
    sum += calls[index] ?? 0;
  }
  const minutes = (now - first) / 60_000;
  return minutes > 0 ? sum / minutes : 0;
}
