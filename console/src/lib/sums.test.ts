import { expect, test } from "vitest";
import { passed, successOf } from "./sums";

const sum = (calls: number, calls_by_status: object) =>
  ({ calls, calls_by_status }) as Parameters<typeof successOf>[0];

test("what was stopped before it went out is no failure of a model", () => {
  const one = sum(10, { success: 6, error: 2, blocked: 2 });
  expect(passed(one)).toBe(8);
  expect(successOf(one)).toBe(0.75);
});

test("where nothing went out there is no rate", () => {
  expect(successOf(sum(2, { blocked: 2 }))).toBeNaN();
  expect(successOf(sum(0, {}))).toBeNaN();
});
