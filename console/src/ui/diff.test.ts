import { expect, test } from "vitest";
import { lines, pathWords } from "./diff";

test.each([
  [null, ["none"]],
  ["", ["empty"]],
  [false, ["false"]],
  [0, ["0"]],
  [[], ["none"]],
  [
    ["a", "b"],
    ["a", "b"],
  ],
  [{ amount: "5.000000000", currency: "USD" }, ["$5.00"]],
  [{ feature: "feat_1", key: null, tags: [] }, ["Feature: feat_1"]],
  [{ limits: { requests_per_minute: 60, concurrency: null } }, ["Limits: Requests per minute: 60"]],
  [{ application: null, tags: {} }, ["none"]],
])("%j is read as %j", (value, expected) => expect(lines(value)).toEqual(expected));

test("a path is read as words, its escapes as what they stand for", () => {
  expect(pathWords("/limits/requests_per_minute")).toBe("Limits · Requests per minute");
  expect(pathWords("/tags/a~1b~0c")).toBe("Tags · A/b~c");
  expect(pathWords("")).toBe("All of it");
});
