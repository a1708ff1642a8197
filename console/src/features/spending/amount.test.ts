import { expect, test } from "vitest";
import { amountFault, percentOf, shareOf, sharesOf, sumOf } from "./amount";

const usd = (amount: string) => ({ amount, currency: "USD" });

test.each([
  [["0.1", "0.2"], "0.300000000"],
  [["9007199254740993.000000001", "0.000000001"], "9007199254740993.000000002"],
  [["1", "-2.5"], "-1.500000000"],
  [[], "0.000000000"],
])("%j add up to %s exactly", (amounts, sum) =>
  expect(sumOf(amounts.map(usd), "USD")).toEqual(usd(sum)),
);

test.each(["250", "0.05", "0.000000001", " 12.50 "])("%s is an amount", (text) =>
  expect(amountFault(text)).toBeUndefined(),
);
test.each(["", "0", "0.00", "-1", "1e3", "1,5", "0.0000000001", "$5"])("%j is none", (text) =>
  expect(amountFault(text)).toBeTypeOf("string"),
);

test.each([
  ["50, 80, 100", ["0.5", "0.8", "1"]],
  ["12.5%", ["0.125"]],
  ["0.1 1000", ["0.001", "10"]],
  ["", []],
])("%j percent are the shares %j", (text, shares) => expect(sharesOf(text)).toEqual(shares));
test.each(["half", "0", "1001", "12.55", "-5"])("%j are no shares", (text) =>
  expect(sharesOf(text)).toBeUndefined(),
);

test("a share is written in percent without the faults of binary fractions", () =>
  expect(["0.07", "0.125", "1", "10"].map(percentOf)).toEqual(["7", "12.5", "100", "1000"]));

test("nothing is no share of nothing", () => {
  expect(shareOf(usd("1"), usd("4"))).toBe(0.25);
  expect(shareOf(usd("1"), usd("0"))).toBeNaN();
});
