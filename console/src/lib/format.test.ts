import { describe, expect, test } from "vitest";
import {
  ago,
  amountOf,
  axisMoney,
  compact,
  count,
  duration,
  exactMoney,
  money,
  percent,
  plural,
  words,
} from "./format";

const usd = (amount: string) => ({ amount, currency: "USD" });

describe("figures are written one way", () => {
  test.each([
    [0, "0"],
    [12345, "12,345"],
    [2 ** 53, "9,007,199,254,740,992"],
  ])("count %d", (value, text) => expect(count(value)).toBe(text));

  test.each([
    [999, "999"],
    [12_345, "12.3K"],
    [1_500_000, "1.5M"],
  ])("compact %d", (value, text) => expect(compact(value)).toBe(text));

  test.each([
    [0.9941, "99.4%"],
    [0, "0%"],
    [1, "100%"],
    [Number.NaN, "–"],
  ])("percent %d", (value, text) => expect(percent(value)).toBe(text));

  test.each([
    [0, "0 ms"],
    [0.02, "<0.1 ms"],
    [0.412, "0.4 ms"],
    [9.96, "10 ms"],
    [640, "640 ms"],
    [999.6, "1.00 s"],
    [1840, "1.84 s"],
    [125_000, "2 min 5 s"],
    [7_260_000, "2 h 1 min"],
    [90_000_000, "1 d 1 h"],
    [null, "–"],
  ])("duration %s", (value, text) => expect(duration(value)).toBe(text));

  test("plural", () => {
    expect(plural(1, "call")).toBe("1 call");
    expect(plural(2, "call")).toBe("2 calls");
    expect(plural(0, "entry", "entries")).toBe("0 entries");
  });
});

describe("money keeps what tells something", () => {
  test.each([
    ["0", "$0.00"],
    ["12.310000000", "$12.31"],
    ["0.042000000", "$0.0420"],
    ["0.000019600", "$0.000020"],
    ["11382.400000000", "$11,382"],
    ["-3.500000000", "-$3.50"],
  ])("%s", (amount, text) => expect(money(usd(amount))).toBe(text));

  test("exactly, where every digit counts", () => {
    expect(exactMoney(usd("0.000019600"))).toBe("$0.0000196");
    expect(exactMoney(usd("47.608895000"))).toBe("$47.608895");
    expect(exactMoney(usd("2.000000000"))).toBe("$2.00");
    expect(exactMoney(usd("12345678.123456789"))).toBe("$12,345,678.123456789");
  });

  test("another currency", () => expect(money({ amount: "3.5", currency: "EUR" })).toBe("€3.50"));
  test("none", () => {
    expect(money(null)).toBe("–");
    expect(amountOf(undefined)).toBe(0);
  });
});

test.each([
  [0, "$0"],
  [0.005, "$0.005"],
  [0.1, "$0.10"],
  [250, "$250"],
  [1_200, "$1.2K"],
])("an axis says %d", (value, text) => expect(axisMoney("USD")(value)).toBe(text));

describe("ages", () => {
  const now = Date.UTC(2026, 10, 21, 12);
  test.each([
    [0, "now"],
    [59, "59 s ago"],
    [3599, "59 min ago"],
    [7200, "2 h ago"],
    [3 * 86_400, "3 d ago"],
    [-7200, "in 2 h"],
  ])("%d seconds", (seconds, text) => expect(ago(now - seconds * 1000, now)).toBe(text));
  // The clock of the program may be ahead of the browser's.
  test("a moment just ahead is now", () => expect(ago(now + 4000, now)).toBe("now"));
});

test("names become words", () => expect(words("cached_input_tokens")).toBe("Cached input tokens"));
