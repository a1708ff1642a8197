import { describe, expect, test } from "vitest";
import type { Schemas } from "@/api/client";
import { newProvider, type ProviderForm } from "./add-provider";
import { catalogueRows } from "./catalogue-rows";
import { credentialOf, emptyCredential } from "./credential-fields";
import { KINDS, kindOf } from "./kinds";
import { limitsForm, limitsOf } from "./limits-fields";
import { conditionsText, dollars, rateText, shifted } from "./meters";
import { placeOf } from "./model-panel";
import { filtered, modelRows, ordered, sourceOf } from "./model-rows";
import { policyForm, policyOf } from "./policy-fields";
import { emptyPrice, priceForm, pricesOf } from "./price-form";
import { errorShare, providerRows, queueText } from "./provider-rows";
import { testable } from "./provider-test";
import { parseSearch } from "./search";

const price = (meter: string, rate_per_million: string, conditions: object = {}) =>
  ({ meter, rate_per_million, conditions }) as Schemas["Price"];
const model = (name: string, part: Partial<Schemas["Model"]> = {}) =>
  ({ id: name, name, type: "llm", prices: [], updated_at: "", ...part }) as Schemas["Model"];
const sum = (part: object) => part as Schemas["Sum"];

test("a URL that makes no sense is as one that says nothing", () => {
  const nonsense = {
    tab: "x",
    type: "y",
    sort: "-z",
    unpriced: "1",
    new: 1,
    edit: 2,
    q: [],
    sel: 3,
  };
  expect(Object.values(parseSearch(nonsense)).every((value) => value === undefined)).toBe(true);
  expect(parseSearch({ tab: "models", sort: "-cost", type: "llm" })).toMatchObject({
    tab: "models",
    sort: "-cost",
    type: "llm",
  });
});

describe("a new provider", () => {
  const form: ProviderForm = {
    name: " acme ",
    address: "https://acme.example",
    version: "2024-10-21",
    region: "eu-west-1",
    takesCatalogue: true,
    credential: { ...emptyCredential, apiKey: "sk-1" },
  };

  test.each([
    ["openai", { base_url: "https://acme.example", credentials: { api_key: "sk-1" } }],
    ["bedrock", { region: "eu-west-1" }],
    ["azure-openai", { api_version: "2024-10-21" }],
  ])("of kind %s is asked for with what the kind has", (kind, expected) => {
    expect(newProvider(kindOf(kind)!, form)).toMatchObject({ name: "acme", kind, ...expected });
  });

  test("states nothing that its kind does not have", () => {
    const asked = newProvider(kindOf("sandbox")!, form);
    expect(
      asked.base_url ?? asked.region ?? asked.api_version ?? asked.credentials,
    ).toBeUndefined();
    expect(newProvider(kindOf("openai")!, form).region).toBeUndefined();
  });

  test("every kind of the program can be chosen", () => {
    expect(KINDS.map(({ kind }) => kind).sort()).toEqual([
      "anthropic",
      "azure-openai",
      "bedrock",
      "gemini",
      "google-vision",
      "openai",
      "openai-compatible",
      "sandbox",
    ]);
  });

  test("a credential is one of both forms, or none", () => {
    const typed = { ...emptyCredential, apiKey: "sk-1", accessKeyId: "AKIA" };
    expect(credentialOf(typed)).toEqual({ api_key: "sk-1" });
    expect(credentialOf({ ...typed, form: "aws" })).toMatchObject({ access_key_id: "AKIA" });
    expect(credentialOf(emptyCredential)).toBeUndefined();
  });
});

describe("rates", () => {
  test.each([
    ["25000", -6, "0.025"],
    ["0.4", 6, "400000"],
    ["1", -6, "0.000001"],
    ["0.0000000196", 6, "0.0196"],
    ["12.5", 0, "12.5"],
    ["0", -6, "0"],
    ["1000000", -6, "1"],
  ])("%s moved by %d digits is %s", (text, places, expected) => {
    expect(shifted(text, places)).toBe(expected);
  });

  test("tokens are said of a million, searches of one", () => {
    expect(rateText(price("input_tokens", "0.4"))).toBe("0.4");
    expect(dollars(price("input_tokens", "0.4"))).toBe("$0.40");
    expect(dollars(price("web_searches", "25000"))).toBe("$0.025");
  });

  test("conditions are read aloud", () => {
    const conditions = {
      service_tier: "batch",
      above_input_tokens: 200_000,
      minutes_of_day: [30, 510],
    };
    expect(conditionsText(price("input_tokens", "1", conditions))).toBe(
      "Batch tier · above 200,000 input tokens · 00:30 to 08:30 UTC",
    );
    expect(conditionsText(price("input_tokens", "1"))).toBe("");
  });

  test("a price that is edited and left as it was is the same price", () => {
    const prices = [
      price("input_tokens", "0.4"),
      price("output_tokens", "2.8", { service_tier: "priority", above_input_tokens: 128_000 }),
      price("input_tokens", "0.2", { region: "eu-west-1", minutes_of_day: [30, 510] }),
      price("input_tokens", "0.3", { effective_from: "2026-12-01T00:00:00.000000Z" }),
    ];
    expect(pricesOf(prices.map(priceForm))).toEqual(prices);
    expect(pricesOf([priceForm(price("web_searches", "25000"))])).toEqual([
      { meter: "web_searches", rate_per_unit: "0.025", conditions: {} },
    ]);
  });

  test.each([{ rate: "free" }, { meter: "" }, { above: "some" }, { begin: "08:00" }])(
    "%j is refused before it is sent",
    (part) => {
      expect(pricesOf([{ ...emptyPrice("calls"), rate: "1", ...part }])).toBeUndefined();
    },
  );
});

describe("models", () => {
  const models = [
    model("acme/large", { prices: [price("input_tokens", "2.5"), price("output_tokens", "10")] }),
    model("acme/embed", { type: "embedding", prices: [price("input_tokens", "0.02")] }),
    model("globex/odd"),
  ];
  const aliases = [{ name: "best", model: "acme/large" }] as Schemas["Alias"][];
  const rows = modelRows(models, aliases, [
    sum({ group: { model: "acme/embed" }, calls: 7, cost: { amount: "0.1", currency: "USD" } }),
  ]);
  const names = (search: object) => filtered(rows, search).map((row) => row.name);

  test("carry their aliases, their calls, and whether they have a price", () => {
    expect(rows.map((row) => [row.aliases, row.calls, row.isUnpriced])).toEqual([
      [["best"], 0, false],
      [[], 7, false],
      [[], 0, true],
    ]);
  });

  test("are found by words of name and alias, provider, type, and missing price", () => {
    expect(names({ q: "acme emb" })).toEqual(["embed"]);
    expect(names({ q: "best" })).toEqual(["large"]);
    expect(names({ provider: "globex" })).toEqual(["odd"]);
    expect(names({ type: "embedding" })).toEqual(["embed"]);
    expect(names({ unpriced: true })).toEqual(["odd"]);
  });

  test("are ordered by a figure, those without one last, whichever way", () => {
    const by = (sort: "read" | "-read") => ordered(rows, sort).map((row) => row.name);
    expect(by("read")).toEqual(["embed", "large", "odd"]);
    expect(by("-read")).toEqual(["large", "embed", "odd"]);
  });

  test("say who states their figures, and when", () => {
    expect(sourceOf("litellm 1.109.1 of 2026-11-12")).toEqual({
      name: "litellm",
      date: "2026-11-12",
    });
    expect(sourceOf("sandbox")).toEqual({ name: "sandbox" });
  });

  test("a test call goes to what is called most, else to what writes cheapest", () => {
    const text = [
      model("acme/dear", { prices: [price("output_tokens", "10")] }),
      model("acme/cheap", { prices: [price("output_tokens", "1")] }),
      model("acme/unknown"),
      model("acme/embed", { type: "embedding" }),
      model("globex/other"),
    ];
    expect(testable(text, "acme", () => 0)).toEqual(["acme/cheap", "acme/dear", "acme/unknown"]);
    expect(testable(text, "acme", (name) => (name === "acme/unknown" ? 5 : 0))[0]).toBe(
      "acme/unknown",
    );
  });

  test("a feature uses it first, or as a fallback", () => {
    const assignment = {
      environment: "production",
      models: [{ model: "acme/large" }],
      fallbacks: ["globex/odd"],
    } as Schemas["Assignment"];
    expect(placeOf(assignment, "acme/large")).toBe("Production");
    expect(placeOf(assignment, "globex/odd")).toBe("Production as fallback");
    expect(placeOf(assignment, "acme/embed")).toBeUndefined();
  });

  test("the catalogue's part is told apart from what was stated", () => {
    const origin = {
      catalog: "openai",
      model: "x",
      sources: [],
      as_of: "2026-07-02",
    };
    const provider = { name: "acme" } as Schemas["Provider"];
    expect(catalogueRows([provider], [model("acme/x", { origin }), ...models])[0]).toMatchObject({
      catalogues: ["openai"],
      taken: 1,
      stated: 2,
      unpriced: 1,
      oldest: "2026-07-02",
    });
  });
});

describe("providers", () => {
  test("blocked calls are no errors of theirs", () => {
    const calls_by_status = { success: 6, error: 1, timeout: 1, blocked: 2 };
    expect(errorShare(sum({ calls: 10, calls_by_status }))).toBe(0.25);
    expect(errorShare(sum({ calls: 2, calls_by_status: { blocked: 2 } }))).toBeUndefined();
    expect(errorShare(undefined)).toBeUndefined();
  });

  test("what is not known yet is absent, and not zero", () => {
    const provider = { id: "prov_1", name: "acme" } as Schemas["Provider"];
    expect(providerRows([provider], {})[0]).toMatchObject({ models: undefined, health: undefined });
    expect(providerRows([provider], { models: [] })[0]?.models).toBe(0);
  });

  test("those that wait are told from those under way", () => {
    const health = (part: object) =>
      ({ models: [], ...part }) as unknown as Schemas["ProviderHealth"];
    expect(queueText(health({ queue: { in_flight: 3, waiting: 2 } }))).toBe(
      "3 in flight, 2 waiting",
    );
    expect(queueText(health({ models: [{ in_flight: { attempts: 1 } }] }))).toBe("1 in flight");
  });
});

describe("limits and policies", () => {
  test("are the same when nothing was typed", () => {
    const limits = limitsOf(limitsForm());
    expect(limits).toMatchObject({ concurrency: null, queue: 256, connect_timeout_ms: 5_000 });
    expect(limitsOf(limitsForm(limits))).toEqual(limits);
    const policy = policyOf(policyForm());
    expect(policy).toMatchObject({ balancing: "ordered", retries: 1, unpriced_hold: null });
    expect(policyOf(policyForm(policy))).toEqual(policy);
  });

  test("seconds become milliseconds; nonsense is refused before it is sent", () => {
    expect(limitsOf({ ...limitsForm(), idle_timeout_ms: "0.25" })?.idle_timeout_ms).toBe(250);
    expect(limitsOf({ ...limitsForm(), idle_timeout_ms: "soon" })).toBeUndefined();
    expect(limitsOf({ ...limitsForm(), queue: "" })).toBeUndefined();
    expect(policyOf({ ...policyForm(), retries: "-1" })).toBeUndefined();
    expect(policyOf({ ...policyForm(), hold: "some" })).toBeUndefined();
  });
});
