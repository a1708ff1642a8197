import { expect, test } from "vitest";
import { countText } from "./counted";
import {
  dollarsOf,
  filters,
  isCounted,
  isNarrowed,
  isWholeSlots,
  parseSearch,
  spanOf,
  toggleStatus,
} from "./search";

const NOW = Date.parse("2026-11-21T16:07:21Z");

test.each([
  [{ q: "  boom " }, { q: "boom" }],
  [{ q: 42 }, { q: "42" }],
  [{ q: "" }, {}],
  [{ status: "error,lost,timeout" }, { status: "error,timeout" }],
  [{ status: "timeout,error" }, { status: "error,timeout" }],
  [{ status: "lost" }, {}],
  [{ cached: true, retried: "yes" }, { cached: true }],
  [{ slower: "1500" }, { slower: 1500 }],
  [{ slower: -3 }, {}],
  [{ slower: 1e12 }, {}],
  [{ user: "u".repeat(300) }, { user: "u".repeat(200) }],
  [{ slower: "soon" }, {}],
  [{ dearer: 0.05 }, { dearer: "0.05" }],
  [{ dearer: "1e-3" }, {}],
  [{ dearer: "0" }, {}],
  [{ range: "week" }, { range: "week" }],
  [{ range: "toString" }, {}],
  [{ from: "2026-11-20" }, { from: "2026-11-20T00:00:00.000Z" }],
  [{ from: "then", at: {} }, {}],
  [{ from: "2026-11-21", to: "2026-11-20" }, {}],
  [{ sel: ["a"], live: "true", unheard: 1 }, {}],
  [{ live: true }, { live: true }],
])("%j says %j", (given, said) => expect(parseSearch(given)).toEqual(said));

test("what is typed as money is money or nothing", () => {
  expect(["$0.10", " 2 ", "0.1234567891", "-1", "ten"].map(dollarsOf)).toEqual([
    "0.10",
    "2",
    undefined,
    undefined,
    undefined,
  ]);
});

test("a status is added and taken away, the last one with all of it", () => {
  expect(toggleStatus({}, "error")).toBe("error");
  expect(toggleStatus({ status: "error" }, "success")).toBe("success,error");
  expect(toggleStatus({ status: "success,error" }, "success")).toBe("error");
  expect(toggleStatus({ status: "error" }, "error")).toBeUndefined();
});

test("a range ends now and has no end of its own; a span is what it says", () => {
  expect(spanOf({}, NOW)).toEqual({ from: "2026-11-20T16:00:00.000Z" });
  expect(spanOf({ range: "hour" }, NOW)).toEqual({ from: "2026-11-21T15:00:00.000Z" });
  const to = "2026-11-20T00:00:00.000Z";
  expect(spanOf({ range: "hour", to }, NOW)).toEqual({ from: undefined, to });
});

test("sums and list agree on whole quarters of an hour", () => {
  expect(isWholeSlots(spanOf({ range: "week" }, NOW))).toBe(true);
  expect(isWholeSlots({ from: "2026-11-20T16:15:00.000Z", to: "2026-11-20T16:20:00.000Z" })).toBe(
    false,
  );
});

test("a jump narrows the list from above and leaves the span", () => {
  const at = "2026-11-21T10:00:00.000Z";
  const asked = filters({ at, slower: 5000, dearer: "0.1" }, "staging", spanOf({}, NOW));
  expect(asked).toMatchObject({
    environment: "staging",
    from: "2026-11-20T16:00:00.000Z",
    to: at,
    min_duration_ms: 5000,
    min_cost: "0.1",
  });
});

test("sums know nothing of texts, users, retries, durations and costs", () => {
  expect(isCounted({ status: "error", cached: true, feature: "chat", model: "a/b" })).toBe(true);
  for (const one of [{ q: "x" }, { user: "u" }, { retried: true }, { slower: 1 }, { dearer: "1" }])
    expect(isCounted(one as never)).toBe(false);
});

test("time, selection and the tail are no filters", () => {
  expect(isNarrowed({ range: "week", at: "x", sel: "call_1", live: true })).toBe(false);
  expect(isNarrowed({ key: "key_1" })).toBe(true);
});

test.each([
  [{ read: 200, isWhole: false, told: 5320, isExact: true, total: 100_000 }, "5,320 of 100,000"],
  [{ read: 200, isWhole: false, told: 5320, isExact: true, total: 5320 }, "5,320"],
  [{ read: 200, isWhole: false, told: 5320, isExact: false, total: 5320 }, "5,320 or so"],
  [{ read: 200, isWhole: false, isExact: true, total: 5320 }, "200+ of 5,320"],
  [{ read: 12, isWhole: true, isExact: false, told: 14, total: 14 }, "12 of 14"],
  [{ read: 0, isWhole: true, isExact: true }, "0"],
])("%j reads %s", (counts, text) => expect(countText(counts)).toBe(text));
