import { expect, test } from "vitest";
import type { Schemas } from "@/api/client";
import { isInForce, rate, tokenPrice } from "./prices";

const price = (meter: string, text: string, conditions: object = {}) =>
  ({ meter, rate_per_million: text, conditions }) as Schemas["Price"];

test("the price of today is shown, not the one that it replaced", () => {
  const prices = [
    price("input_tokens", "9", { effective_until: "2026-01-01T00:00:00Z" }),
    price("input_tokens", "2.5", { effective_from: "2026-01-01T00:00:00Z" }),
    price("input_tokens", "1", { service_tier: "batch" }),
  ];
  expect(rate(prices, "input_tokens")).toBe("$2.50");
  expect(tokenPrice(prices)).toBe("$2.50 in");
  expect(rate(prices, "output_tokens")).toBeUndefined();
});

test("a price begins and ends at its dates", () => {
  const dated = price("calls", "1", {
    effective_from: "2026-03-01T00:00:00Z",
    effective_until: "2026-04-01T00:00:00Z",
  });
  const at = (text: string) => isInForce(dated, Date.parse(text));
  expect([at("2026-02-28T23:59:59Z"), at("2026-03-01T00:00:00Z")]).toEqual([false, true]);
  expect([at("2026-03-31T23:59:59Z"), at("2026-04-01T00:00:00Z")]).toEqual([true, false]);
});
