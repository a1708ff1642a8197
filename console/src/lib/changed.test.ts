import { expect, test } from "vitest";
import { changedIn, changedOf } from "./changed";

const before = { name: "owl", limits: { calls: 1, tokens: null }, tags: ["a"], note: undefined };

test("only what is another than before is changed", () => {
  expect(changedOf(before, { ...before, limits: { calls: 1, tokens: null } })).toEqual({});
  expect(changedOf(before, { ...before, name: "eule", tags: ["a", "b"] })).toEqual({
    name: "eule",
    tags: ["a", "b"],
  });
});

test("what is emptied is changed", () => {
  expect(changedOf<{ calls: number | null }>({ calls: 5 }, { calls: null })).toEqual({
    calls: null,
  });
});

test("what is sent whole has what others changed and what was changed here", () => {
  const read = { model: "a", fallback: "b" };
  const latest = { model: "a", fallback: "c" };
  expect(changedIn(latest, read, { model: "d", fallback: "b" })).toEqual({
    model: "d",
    fallback: "c",
  });
});
