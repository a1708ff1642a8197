import { expect, test } from "vitest";
import { bucketOf, gridOf, suiting } from "./grid";
import { spanOf } from "./span";

const at = (text: string) => new Date(text).getTime();
const local = (...parts: [number, number, number?]) => new Date(...parts).getTime();

test("a day is looked at by quarters of an hour, a month by days, a year by weeks", () => {
  const now = at("2026-11-21T10:07:00Z");
  const chosen = (["24h", "7d", "30d", "90d", "1y"] as const).map((range) =>
    bucketOf(spanOf(range, {}, now), undefined),
  );
  expect(chosen).toEqual(["15m", "1d", "1d", "1d", "1w"]);
});

test("a bucket that does not suit the span is not taken", () => {
  const day = spanOf("24h", {}, at("2026-11-21T10:00:00Z"));
  expect(bucketOf(day, "1h")).toBe("1h");
  expect(bucketOf(day, "1mo")).toBe("15m");
  const hour = { from: 0, to: 600_000 };
  expect(suiting(hour)).toEqual(["15m"]);
});

test("a span ends with the quarter of an hour that is under way", () => {
  const { from, to } = spanOf("24h", {}, at("2026-11-21T10:07:00Z"));
  expect(new Date(to).toISOString()).toBe("2026-11-21T10:15:00.000Z");
  expect(to - from).toBe(86_400_000);
});

test("days of one's own are whole days", () => {
  const span = spanOf(
    "custom",
    { from: "2026-11-01", to: "2026-11-03" },
    at("2026-11-21T10:00:00Z"),
  );
  expect(span).toEqual({ from: local(2026, 10, 1), to: local(2026, 10, 4) });
});

test("months and weeks begin where the calendar says", () => {
  const span = { from: local(2026, 0, 15), to: local(2026, 3, 2) };
  const months = gridOf(span, "1mo");
  expect(months.starts).toEqual([0, 1, 2, 3].map((month) => local(2026, month, 1)));
  expect(months.end).toBe(local(2026, 4, 1));
  // 2026-01-15 is a Thursday.
  expect(gridOf(span, "1w").starts[0]).toBe(local(2026, 0, 12));
});
