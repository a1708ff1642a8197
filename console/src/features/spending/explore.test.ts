import { expect, test } from "vitest";
import { callSearch } from "./call-link";
import { chartOf, NOTHING, OTHER, pivotOf } from "./explore";
import type { Sum } from "./queries";

const sum = (group: Record<string, string>, amount: string, more: Partial<Sum> = {}): Sum => ({
  attempts: 1,
  bound_attempts: 0,
  bucket: "2026-11-21T00:00:00Z",
  cached_calls: 0,
  calls: 1,
  calls_by_status: {},
  cost: { amount, currency: "USD" },
  estimated_attempts: 0,
  group: group as Sum["group"],
  unpriced_attempts: 0,
  usage: {},
  ...more,
});
const names = new Map([["feat_1", "chatbot"]]);

test("rows and columns add up exactly, the dearest first", () => {
  const { heads, rows, total } = pivotOf(
    [
      sum({ feature: "feat_1", model: "a/x" }, "0.1"),
      sum({ feature: "feat_1", model: "a/y" }, "0.2", { unpriced_attempts: 2 }),
      sum({ model: "a/x" }, "0.7", { bound_attempts: 1, estimated_attempts: 1 }),
    ],
    ["feature", "model"],
    names,
  );
  expect(heads.map((head) => head.label)).toEqual(["a/x", "a/y"]);
  expect(rows.map((row) => [row.label, row.cost.amount])).toEqual([
    ["No feature", "0.700000000"],
    ["chatbot", "0.300000000"],
  ]);
  expect(rows[1]?.cells.get("a/y")?.amount).toBe("0.200000000");
  expect([total.cost.amount, total.unpriced, total.estimated]).toEqual(["1.000000000", 2, 2]);
  expect(total.cells.get("a/x")?.amount).toBe("0.800000000");
});

test("what is beyond the dearest six is one column", () => {
  const sums = Array.from({ length: 9 }, (_, index) =>
    sum({ feature: "feat_1", model: `m${index}` }, String(9 - index)),
  );
  const { heads, rows } = pivotOf(sums, ["feature", "model"], names);
  expect(heads.map((head) => head.key)).toEqual(["m0", "m1", "m2", "m3", "m4", "m5", OTHER]);
  expect(rows[0]?.cells.get(OTHER)?.amount).toBe("6.000000000");
});

test("a chart has a point for each bucket, those without cost too", () => {
  const starts = ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"].map(Date.parse);
  const { series, points } = chartOf([sum({ feature: "feat_1" }, "0.5")], starts, "feature", names);
  expect(series.map((one) => one.label)).toEqual(["chatbot"]);
  expect(points.map((point) => point.values.feat_1)).toEqual([0, 0.5]);
});

test("a figure leads to the calls that it counts, where these can be asked for", () => {
  const span = { from: 0, to: 900_000 };
  const counted = { span, filters: { environment: "staging" }, group: { feature: "chatbot" } };
  const whole = {
    env: "staging",
    from: "1970-01-01T00:00:00.000Z",
    to: "1970-01-01T00:15:00.000Z",
  };
  expect(callSearch(counted)).toEqual({ ...whole, feature: "chatbot" });
  expect(callSearch({ ...counted, group: { environment: "production" } })?.env).toBe("production");
  expect(callSearch({ ...counted, filters: {} })).toBeUndefined();
  for (const group of [{ application: "web" }, { feature: NOTHING }, { model: OTHER }])
    expect(callSearch({ ...counted, group })).toBeUndefined();
});
