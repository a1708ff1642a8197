import { expect, test } from "vitest";
import { parseSearch } from "./search";

const kept = (given: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(parseSearch(given)).filter(([, value]) => value !== undefined));

test("what is meant is kept", () => {
  const meant = {
    sel: "bud_1",
    by: ["model", "feature"],
    range: "custom",
    from: "2026-11-01",
    to: "2026-11-03",
    bucket: "1d",
    all: true,
    feature: "chatbot",
  };
  expect(kept(meant)).toEqual(meant);
});

test.each([
  [{ by: ["owl"], range: "never", bucket: 7, new: "yes", feature: "", model: 3 }],
  [{ from: "2026-13-40", to: "soon", all: 1, sel: null }],
])("%j means nothing", (given) => expect(kept(given)).toEqual({}));

test("one dimension may stand alone, and no more than two count", () => {
  expect(parseSearch({ by: "key" }).by).toEqual(["key"]);
  expect(parseSearch({ by: ["key", "key", "model", "feature"] }).by).toEqual(["key", "model"]);
});

test("a span that ends before it begins has no end", () =>
  expect(kept({ from: "2026-11-03", to: "2026-11-01" })).toEqual({ from: "2026-11-03" }));
