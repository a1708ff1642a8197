/** What the overview says of each feature. */
import type { Schemas } from "@/api/client";
import { successOf } from "@/lib/sums";
import { course, groupOf, perMinute } from "./figures";
import type { Sum } from "./queries";
import { isSame } from "./search";

export type FeatureRow = {
  feature: Schemas["Feature"];
  /** What serves it; `null` is nothing, `undefined` is not known yet. */
  assigned: Schemas["EffectiveAssignment"] | null | undefined;
  calls: number;
  success: number;
  p95: number | null;
  perMinute: number;
  today: Schemas["Money"] | null;
  course: number[];
};

/** The features with the most calls first, then by name. */
export function featureRows(known: {
  features: Schemas["Feature"][];
  assignments: Schemas["EffectiveAssignment"][] | undefined;
  /** Sums by feature: of the time that is looked at, of the last day in slots, of its days. */
  sums: Sum[];
  day: Sum[];
  days: Sum[];
  slots: number[];
  zone: string;
  now: number;
}): FeatureRow[] {
  const of = (items: Sum[], id: string) => items.filter((sum) => groupOf(sum, "feature") === id);
  const rows = known.features.map((feature): FeatureRow => {
    const sum = of(known.sums, feature.id)[0];
    const calls = course(of(known.day, feature.id), known.slots, (one) => one.calls);
    const today = of(known.days, feature.id).find((one) =>
      isSame("day", known.zone, one.bucket, known.now),
    );
    return {
      feature,
      assigned:
        known.assignments &&
        (known.assignments.find((one) => one.feature === feature.name) ?? null),
      calls: sum?.calls ?? 0,
      success: sum ? successOf(sum) : Number.NaN,
      p95: sum?.latency_ms?.p95 ?? null,
      perMinute: perMinute(calls, known.slots, known.now),
      today: today?.cost ?? null,
      course: calls.map((value) => value ?? 0),
    };
  });
  return rows.toSorted(
    (one, other) => other.calls - one.calls || one.feature.name.localeCompare(other.feature.name),
  );
}
