import { expect, test } from "vitest";
import {
  bodyOf,
  changesBetween,
  type Draft,
  draftOf,
  overridesOf,
  shareOf,
  swapTarget,
  USUAL_POLICY,
} from "./draft";
import type { Assignment } from "./queries";

const assignment = {
  models: [
    { model: "sandbox/fast", weight: 3 },
    { model: "sandbox/large", weight: 1 },
  ],
  fallbacks: ["sandbox/echo"],
  config_overrides: { temperature: 0 },
  policy: null,
} as unknown as Assignment;

const draft = (change: Partial<Draft> = {}): Draft => ({ ...draftOf(assignment), ...change });

test("what is not changed is sent as it was read", () => {
  expect(bodyOf(draft())).toEqual({
    models: assignment.models,
    fallbacks: ["sandbox/echo"],
    config_overrides: { temperature: 0 },
    policy: undefined,
  });
  expect(changesBetween(draft(), draft())).toBe(0);
});

test("a feature without models begins with one empty line, which is not sent", () => {
  const empty = draftOf(null);
  expect(empty.models).toHaveLength(1);
  expect(bodyOf(empty).models).toEqual([]);
});

test("parts that differ are counted, spaces in JSON are no difference", () => {
  const other = draft({
    fallbacks: [],
    overrides: '{"temperature":0}',
    hasPolicy: true,
  });
  expect(changesBetween(draft(), other)).toBe(2);
});

test("a policy of its own keeps what the form does not show", () => {
  const hold = { amount: "1.00", currency: "USD" };
  const own = draftOf({
    ...assignment,
    policy: { ...USUAL_POLICY, retries: 4, unpriced_hold: hold },
  } as unknown as Assignment);
  expect(bodyOf(own).policy).toMatchObject({ retries: 4, unpriced_hold: hold });
});

test.each([
  ["", {}],
  ["  ", {}],
  ['{"a":1}', { a: 1 }],
  ["[1]", undefined],
  ["null", undefined],
  ["1", undefined],
  ["{", undefined],
])("overrides are an object: %j", (text, expected) => {
  expect(overridesOf(text)).toEqual(expected);
});

test("shares are of all weights", () => {
  const models = [{ weight: 3 }, { weight: 1 }];
  expect(shareOf(3, models)).toBe(0.75);
  expect(shareOf(0, [{ weight: 0 }])).toBe(0);
  expect(shareOf(1, [{ weight: 1 }, { weight: Number.NaN }])).toBe(1);
});

test("lines move within their list", () => {
  expect([swapTarget(0, -1, 3), swapTarget(0, 1, 3), swapTarget(2, 1, 3)]).toEqual([
    undefined,
    1,
    undefined,
  ]);
});
