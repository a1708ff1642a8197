import { expect, test } from "vitest";
import { difference, reservations } from "./impact";

const usd = (amount: string) => ({ amount, currency: "USD" });
const impact = {
  attempts: 20_000,
  calls: 19_000,
  sampled: false,
  before: usd("4"),
  after: usd("1"),
  difference: usd("-3"),
  unpriced: 0,
  limits: [],
};

test("what stands against the figures is said beside them", () => {
  expect(reservations(impact)).toEqual([]);
  const long = "128 of 5,320 calls had more input than the model's context window of 8,192";
  expect(reservations({ ...impact, sampled: true, unpriced: 1, limits: [long] })).toEqual([
    "These are the youngest: 20,000 attempts of more.",
    "1 attempt used what the model has no price for: it would cost more.",
    `${long}.`,
  ]);
});

test("what it costs more or less has its sign", () => {
  expect(difference(impact)).toBe("-$3.00");
  expect(difference({ difference: usd("0.4") })).toBe("+$0.4000");
  expect(difference({ difference: usd("0") })).toBe("$0.00");
});
