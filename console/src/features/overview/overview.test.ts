import { expect, test } from "vitest";
import type { Schemas } from "@/api/client";
import { activity, ofHealth } from "./activity";
import { attention } from "./attention";
import { monthBudget, shareWords } from "./budget";
import { featureRows } from "./feature-rows";
import { byProvider, changeOf, course, perMinute } from "./figures";
import type { Sum } from "./queries";
import { isSame, parseSearch, spanOf } from "./search";
import { perCall, sharesOf, weeksOf } from "./weeks";

const MINUTE = 60_000;
const NOW = Date.parse("2026-11-21T16:22:10Z");

const usd = (amount: string) => ({ amount, currency: "USD" });
type Part = Partial<Omit<Sum, "group" | "calls_by_status">> & {
  group?: Record<string, string>;
  calls_by_status?: Record<string, number>;
};
const sum = (part: Part): Sum =>
  ({
    bucket: "2026-11-21T16:15:00Z",
    group: {},
    cost: usd("0"),
    calls: 0,
    calls_by_status: {},
    cached_calls: 0,
    attempts: 0,
    unpriced_attempts: 0,
    estimated_attempts: 0,
    bound_attempts: 0,
    usage: {},
    ...part,
  }) as Sum;

test.each([
  [{}, {}],
  [{ range: "7d" }, { range: "7d" }],
  [{ range: "24h", view: "executive" }, { view: "executive" }],
  [{ range: "1y", view: 7 }, {}],
  [{ range: ["7d"] }, {}],
])("the URL %o means %o", (search, means) => expect(parseSearch(search)).toEqual(means));

test.each(["24h", "7d", "30d"] as const)(
  "the span of %s holds the present slot and an equal past",
  (range) => {
    const { before, from, to, slots } = spanOf(range, NOW);
    const [b, f, t] = [before, from, to].map(Date.parse) as [number, number, number];
    expect(t).toBe(Date.parse("2026-11-21T16:30:00Z"));
    expect(f - b).toBe(t - f);
    expect(slots[0]).toBe(f);
    expect(slots.at(-1)).toBeLessThanOrEqual(NOW);
    expect(slots.length).toBe({ "24h": 96, "7d": slots.length, "30d": 30 }[range]);
  },
);

test("days and months are the organization's", () => {
  expect(isSame("month", "UTC", "2026-11-01T00:00:00Z", NOW)).toBe(true);
  expect(isSame("month", "UTC", "2026-10-01T00:00:00Z", NOW)).toBe(false);
  // Midnight of the 22nd in Tokyo.
  expect(isSame("day", "Asia/Tokyo", "2026-11-21T15:00:00Z", NOW)).toBe(true);
  expect(isSame("day", "UTC", "2026-11-20T15:00:00Z", NOW)).toBe(false);
});

test("a change needs something to be compared with", () => {
  expect(changeOf(110, 100)).toBeCloseTo(0.1);
  expect(changeOf(110, 0)).toBeNaN();
  expect(changeOf(null, 100)).toBeNaN();
});

test("slots without calls have no figure", () => {
  const at = Date.parse("2026-11-21T16:15:00Z");
  expect(course([sum({ calls: 5 })], [at - 15 * MINUTE, at], (one) => one.calls)).toEqual([
    null,
    5,
  ]);
});

test("calls are told apart by provider, those that were not sent on beside them", () => {
  const at = Date.parse("2026-11-21T16:15:00Z");
  const items = [
    sum({ group: { provider: "p2" }, calls: 7 }),
    sum({ group: { provider: "gone" }, calls: 2 }),
    sum({ calls: 1 }),
  ];
  const providers = [
    { id: "p1", name: "acme" },
    { id: "p2", name: "zeta" },
  ];
  const { series, points } = byProvider(items, [at], providers);
  expect(series.map((one) => one.label)).toEqual(["Removed provider", "zeta", "Not sent on"]);
  // The second provider keeps its colour though the first was not called.
  expect(series.find((one) => one.label === "zeta")?.color).toBe("var(--c2)");
  expect(points[0]?.values).toEqual({ gone: 2, p2: 7, nowhere: 1 });
});

test("more than six providers are six and the others together", () => {
  const at = Date.parse("2026-11-21T16:15:00Z");
  const ids = Array.from({ length: 9 }, (_, index) => `p${index}`);
  const items = ids.map((id, index) => sum({ group: { provider: id }, calls: 10 - index }));
  const { series, points } = byProvider(
    items,
    [at],
    ids.map((id) => ({ id, name: id })),
  );
  expect(series).toHaveLength(7);
  expect(points[0]?.values.other).toBe(4 + 3 + 2);
});

test("calls per minute are those of the last hour", () => {
  const { slots } = spanOf("24h", NOW);
  const calls = slots.map((at) => (at >= NOW - 60 * MINUTE ? 26 : 1000));
  // Four slots, of which the last one is not over.
  expect(perMinute(calls, slots, NOW)).toBeCloseTo((4 * 26) / (52 + 10 / 60));
});

const budget = (part: Partial<Schemas["Budget"]>): Schemas["Budget"] => ({
  id: "bud_1",
  name: "Cap",
  scope: {},
  period_type: "monthly",
  period_start: "2026-11-01T00:00:00Z",
  period_end: "2026-12-01T00:00:00Z",
  budget_amount: usd("100"),
  spent: usd("0"),
  held: usd("0"),
  available: usd("100"),
  alert_thresholds: ["0.8"],
  action: "block",
  holds: [],
  ...part,
});

test("the month's budget is the one for everything", () => {
  const ofAll = budget({ scope: { organization: true }, spent: usd("25") });
  expect(monthBudget([budget({}), ofAll])).toEqual({ of: ofAll, share: 0.25 });
  expect(monthBudget([budget({})])).toBeUndefined();
  expect(
    monthBudget([budget({ scope: { organization: true }, period_type: "daily" })]),
  ).toBeUndefined();
});

test.each([
  [0, "0%"],
  [0.0002, "<0.1%"],
  [0.042, "4.2%"],
  [0.876, "88%"],
  [1.2, "120%"],
])("a share of %d of a budget is %s", (share, said) => expect(shareWords(share)).toBe(said));

const titles = (known: Partial<Parameters<typeof attention>[0]>) =>
  attention({ environment: "production", now: NOW, ...known }).map((item) => item.title);

test("nothing needs anybody where all is well", () => {
  expect(
    titles({ budgets: [budget({ spent: usd("10") })], providers: [], checks: [], features: [] }),
  ).toEqual([]);
});

test.each([
  ["120", "Cap is used up: calls are refused"],
  ["85", "Cap is at 85%"],
  // 70 of 100 after 20.7 of 30 days: 101 at this pace.
  ["70", "Cap is used up by Nov 30 at this pace"],
])("a budget of 100 with %s spent", (spent, title) => {
  expect(titles({ budgets: [budget({ spent: usd(spent) })] })).toEqual([title]);
});

const flight = { attempts: 0, held: usd("0"), oldest_ms: null };
const provider = (part: Partial<Schemas["ProviderHealth"]>): Schemas["ProviderHealth"] => ({
  id: "p1",
  name: "acme",
  kind: "openai",
  status: "healthy",
  rates: { answered_per_minute: 0, failed_per_minute: 0 },
  models: [],
  history: [],
  ...part,
});
const feature = (name: string, status: Schemas["FeatureStatus"] = "active") =>
  ({ id: `id-${name}`, name, status }) as Schemas["Feature"];

test("the worst comes first, and leads to where it is solved", () => {
  const rates = { answered_per_minute: 0, failed_per_minute: 0 };
  const model = { id: "m", name: "acme/large", circuit: "open" as const, rates, in_flight: flight };
  const items = attention({
    environment: "staging",
    now: NOW,
    features: [feature("chatbot"), feature("search", "maintenance")],
    assigned: ["translation"],
    models: [sum({ group: { model: "acme/new" }, unpriced_attempts: 3 })],
    providers: [provider({ status: "down", models: [model] })],
    checks: [
      {
        name: "database",
        status: "degraded",
        latency_ms: 1,
        since: "2026-11-21T16:00:00Z",
        history: [],
      },
    ],
  });
  expect(items.map(({ tone, title, to }) => [tone, title, to])).toEqual([
    ["bad", "acme is down", "/live"],
    ["warn", "Database is degraded", "/live"],
    ["warn", "acme/new has no price for all it used", "/models"],
    ["warn", "search is in maintenance", "/features"],
    ["info", "chatbot is without a model in Staging", "/features"],
  ]);
  expect(items[0]).toMatchObject({ detail: "acme/large cut off", search: { sel: "acme" } });
});

test("many features in the same state are one item", () => {
  const names = ["a", "b", "c", "d"];
  expect(titles({ features: names.map((name) => feature(name, "inactive")) })).toEqual([
    "4 features are inactive",
  ]);
});

const entry = (seq: number, part: Partial<Schemas["JournalEntry"]> = {}) =>
  ({
    seq,
    at: `2026-11-21T16:00:0${seq}Z`,
    actor: "Maya",
    actor_id: "user_1",
    kind: "model",
    action: "create",
    name: `acme/m${seq}`,
    ...part,
  }) as Schemas["JournalEntry"];

test("an import is one line of the activity, with what happened besides in its place", () => {
  const [health] = ofHealth({
    id: "9",
    at: "2026-11-21T16:00:10Z",
    data: { model: "acme/m3", circuit: "open", before: "closed" },
  });
  const journal = [
    entry(5, { kind: "budget", action: "delete", name: "Cap" }),
    entry(3),
    entry(2),
    entry(1),
  ];
  expect(activity(journal, [], [health!]).map((line) => line.text)).toEqual([
    "acme/m3 is cut off: its calls fail",
    "Maya removed budget Cap",
    "Maya created model acme/m3 and 2 more",
  ]);
});

test("an event of another form is no line", () => {
  expect(ofHealth({ data: {} })).toEqual([]);
});

test("features stand by their calls; today's cost is of the organization's day", () => {
  const { slots } = spanOf("24h", NOW);
  const rows = featureRows({
    features: [feature("quiet"), feature("busy")],
    assignments: [],
    sums: [sum({ group: { feature: "id-busy" }, calls: 10, calls_by_status: { success: 9 } })],
    day: [sum({ group: { feature: "id-busy" }, calls: 6 })],
    days: [
      sum({ group: { feature: "id-busy" }, bucket: "2026-11-20T00:00:00Z", cost: usd("5") }),
      sum({ group: { feature: "id-busy" }, bucket: "2026-11-21T00:00:00Z", cost: usd("7") }),
    ],
    slots,
    zone: "UTC",
    now: NOW,
  });
  expect(rows.map((row) => row.feature.name)).toEqual(["busy", "quiet"]);
  expect(rows[0]).toMatchObject({ success: 0.9, today: usd("7"), calls: 10 });
  expect(rows[1]).toMatchObject({ today: null, calls: 0, perMinute: 0 });
});

test("weeks come youngest first, without the one that began before, and the present one is open", () => {
  const weeks = weeksOf(
    [
      sum({ bucket: "2026-11-02T00:00:00Z", calls: 1 }),
      sum({ bucket: "2026-11-09T00:00:00Z", calls: 4, cost: usd("2") }),
      sum({ bucket: "2026-11-16T00:00:00Z", calls: 2 }),
    ],
    "2026-11-04T00:00:00Z",
    NOW,
  );
  expect(weeks.map((week) => [week.isOpen, week.sum.calls])).toEqual([
    [true, 2],
    [false, 4],
  ]);
  expect(weeks[1]?.perCall).toEqual(usd("0.500000000"));
  expect(perCall(sum({}))).toBeNull();
});

test("shares of the month are by what each feature cost", () => {
  const items = [
    sum({ group: { feature: "id-a" }, cost: usd("1") }),
    sum({ cost: usd("3") }),
    sum({ group: { feature: "gone" }, cost: usd("0") }),
  ];
  expect(sharesOf(items, [feature("a")]).map(({ name, share }) => [name, share])).toEqual([
    ["Without a feature", 0.75],
    ["a", 0.25],
  ]);
});
