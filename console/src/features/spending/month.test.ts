import { expect, test } from "vitest";
import { averageOf, goneOf, monthlyOf } from "./month";
import type { Budget } from "./queries";
import { reached, scopeWords, toneOf } from "./scope";

const DAY = 86_400_000;
const month = { from: Date.parse("2026-11-01T00:00:00Z"), to: Date.parse("2026-12-01T00:00:00Z") };
const usd = (amount: string) => ({ amount, currency: "USD" });
const budget = (more: Partial<Budget>): Budget => ({
  id: "bud_1",
  name: "cap",
  action: "block",
  alert_thresholds: ["0.5", "0.8", "1"],
  available: usd("0"),
  budget_amount: usd("10"),
  held: usd("0"),
  holds: [],
  period_end: "2026-12-01T00:00:00Z",
  period_start: "2026-11-01T00:00:00Z",
  period_type: "monthly",
  scope: { organization: true },
  spent: usd("0"),
  ...more,
});

test("the first day is day one, and the last one is the last", () => {
  expect(goneOf(month, month.from)).toEqual({ share: 0, days: 30, day: 1 });
  expect(goneOf(month, month.from + 15 * DAY)).toMatchObject({ share: 0.5, day: 16 });
  expect(goneOf(month, month.to)).toEqual({ share: 1, days: 30, day: 30 });
});

test("the average is told from the first whole day on", () => {
  expect(averageOf(usd("5"), month, month.from + DAY / 2)).toBe("–");
  expect(averageOf(usd("5"), month, month.from + 10 * DAY)).toContain("$15.00");
});

test("the month stands against the tightest budget that counts everything", () => {
  const all = [
    budget({ id: "wide", budget_amount: usd("500") }),
    budget({ id: "tight", budget_amount: usd("90") }),
    budget({ id: "daily", period_type: "daily", budget_amount: usd("1") }),
    budget({ id: "part", scope: { organization: false, feature: "f" }, budget_amount: usd("1") }),
  ];
  expect(monthlyOf(all)?.id).toBe("tight");
  expect(monthlyOf([])).toBeUndefined();
});

test("a budget is full when what is held fills it, and reached by what is spent alone", () => {
  expect(toneOf(budget({ spent: usd("1") }))).toBe("ok");
  expect(toneOf(budget({ spent: usd("5") }))).toBe("warn");
  expect(toneOf(budget({ spent: usd("4"), held: usd("6") }))).toBe("bad");
  expect(reached(budget({ spent: usd("8.5") }))).toEqual(["0.5", "0.8"]);
});

test("a scope is said in words", () => {
  const names = new Map([["feat_1", "chatbot"]]);
  expect(scopeWords({ organization: true }, names)).toBe("Everything");
  expect(scopeWords({ organization: false, feature: "feat_1" }, names)).toBe("Feature chatbot");
  expect(
    scopeWords(
      { organization: false, feature: "feat_1", user: "aya", tags: { team: "web" } },
      names,
    ),
  ).toBe("Feature chatbot, user aya and tag team=web");
});
