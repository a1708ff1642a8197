import { describe, expect, test } from "vitest";
import type { Schemas } from "@/api/client";
import { bodyOf, changeOf, emptyForm, endOfDay, formOf, hasProblem, network } from "./form";
import { spanOf } from "./queries";
import { filtered, rowsOf } from "./rows";
import { parseSearch } from "./search";
import { limitsText, scopeText, stateOf } from "./state";
import { pointsOf } from "./use";

const key = (part: Partial<Schemas["Key"]>) =>
  ({
    id: "key_1",
    name: "web",
    application: "app_1",
    environment: "production",
    features: ["*"],
    models: [],
    limits: {},
    user_limits: {},
    ip_allow: [],
    ip_deny: [],
    shown: "glx_Ab12…wxyz",
    created_at: "2026-01-01T00:00:00Z",
    ...part,
  }) as Schemas["Key"];

describe("the URL", () => {
  test("says filters, the panel and the dialog", () => {
    const search = {
      q: "web",
      in: "staging",
      state: "expiring",
      sel: "key_1",
      new: true,
      edit: "rotate",
    };
    expect(parseSearch(search)).toEqual(search);
  });

  test("that makes no sense is as one that says nothing", () => {
    const nonsense = { q: 1, in: "moon", state: "asleep", sel: {}, new: "yes", edit: "steal" };
    expect(Object.values(parseSearch(nonsense)).every((value) => value === undefined)).toBe(true);
  });
});

describe("the state of a key", () => {
  const now = Date.parse("2026-06-15T12:00:00Z");
  test.each([
    [{}, "active"],
    [{ expires_at: "2026-06-29T12:00:00Z" }, "active"],
    [{ expires_at: "2026-06-29T11:59:59Z" }, "expiring"],
    [{ expires_at: "2026-06-15T12:00:00Z" }, "expired"],
    [{ revoked_at: "2026-01-02T00:00:00Z", expires_at: "2026-01-01T00:00:00Z" }, "revoked"],
  ])("%j is %s", (part, expected) => {
    expect(stateOf(key(part), now)).toBe(expected);
  });
});

test("limits and scopes are said in few words", () => {
  const limits = { requests_per_minute: 60_000, tokens_per_minute: null, concurrency: 5 };
  expect(limitsText(limits)).toBe("60,000 calls/min · 5 at once");
  expect(limitsText({} as Schemas["Limits"])).toBeUndefined();
  expect([["*"], [], ["a"], ["a", "b", "c"]].map(scopeText)).toEqual([
    "All",
    "None",
    "a",
    "a and 2 more",
  ]);
});

describe("rows", () => {
  const sum = { group: { key: "key_1" }, calls: 3, cost: { amount: "0.5", currency: "EUR" } };
  const keys = [
    key({}),
    key({ id: "key_2", name: "ci", environment: "staging", features: ["chat"] }),
  ];

  test("a key without a sum was not called; before sums are known nothing is said", () => {
    const rows = rowsOf(keys, undefined, [sum as unknown as Schemas["Sum"]]);
    expect(rows.map((row) => [row.calls, row.cost?.amount])).toEqual([
      [3, "0.5"],
      [0, "0"],
    ]);
    expect(rows[1]?.cost?.currency).toBe("EUR");
    expect(rowsOf(keys, undefined, undefined)[0]?.calls).toBeUndefined();
  });

  test("filters narrow by environment, state and text", () => {
    const rows = rowsOf(keys, undefined, undefined);
    const names = (search: object) => filtered(rows, search).map((row) => row.key.name);
    expect(names({})).toEqual(["web", "ci"]);
    expect(names({ in: "staging" })).toEqual(["ci"]);
    expect(names({ q: "CHAT" })).toEqual(["ci"]);
    expect(names({ state: "revoked" })).toEqual([]);
  });
});

describe("what a form asks for", () => {
  test("empty figures are no bound", () => {
    const form = { ...emptyForm, limits: { ...emptyForm.limits, concurrency: " 4 " } };
    expect(bodyOf(form).limits).toEqual({
      requests_per_minute: null,
      tokens_per_minute: null,
      concurrency: 4,
    });
    expect(bodyOf(form).expires_at).toBeUndefined();
  });

  test("a key's end is named only when it is another day", () => {
    const before = key({ expires_at: "2026-06-15T08:30:00.123456Z" });
    const form = formOf(before);
    expect(changeOf(before, form)).toEqual({});
    expect(changeOf(before, { ...form, expires: "2026-07-01" })).toEqual({
      expires_at: endOfDay("2026-07-01"),
    });
  });

  test("what others changed of a key meanwhile is not sent back", () => {
    const before = key({
      limits: { requests_per_minute: 1, tokens_per_minute: 2, concurrency: 3 },
    });
    const form = formOf(before);
    const asked = { ...form, limits: { ...form.limits, concurrency: "5" } };
    const latest = key({ features: ["chat"], limits: { ...before.limits, tokens_per_minute: 9 } });
    expect(changeOf(before, asked, latest)).toEqual({
      limits: { requests_per_minute: 1, tokens_per_minute: 9, concurrency: 5 },
    });
  });

  test("what is no figure is a problem", () => {
    const limits = { ...emptyForm.limits, requests_per_minute: "many" };
    expect(hasProblem(emptyForm)).toBe(false);
    expect(hasProblem({ ...emptyForm, limits })).toBe(true);
  });

  test("an address is the network of itself", () => {
    expect(["203.0.113.7", "2001:db8::1", "10.0.0.0/8"].map(network)).toEqual([
      "203.0.113.7/32",
      "2001:db8::1/128",
      "10.0.0.0/8",
    ]);
  });
});

test("thirty days end with today, and those without calls are zeros", () => {
  const { from, to, days } = spanOf(new Date(2026, 2, 10, 15));
  expect(days).toHaveLength(30);
  expect([from, to]).toEqual([days[0]?.toISOString(), new Date(2026, 2, 11).toISOString()]);
  const sums = [{ bucket: days[29]!.toISOString(), calls: 5, calls_by_status: { success: 3 } }];
  const points = pointsOf(sums as unknown as Schemas["Sum"][], days);
  expect(points[29]?.values).toEqual({ good: 3, bad: 2 });
  expect(points[0]?.values).toEqual({ good: 0, bad: 0 });
});
