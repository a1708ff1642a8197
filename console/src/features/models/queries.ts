import { queryOptions } from "@tanstack/react-query";
import { $api, api, type Schemas } from "@/api/client";
import { everyPage } from "@/api/every-page";
import { now } from "@/lib/now";

const AREA = "/api/platform/ai-management";
const PROVIDERS = `${AREA}/models/providers` as const;
const ALIASES = `${AREA}/aliases` as const;
export const ALIAS = `${ALIASES}/{alias}` as const;
const POLICIES = `${AREA}/routing-policies` as const;
const SUMS = `${AREA}/spending/analytics` as const;

export const aliasesQuery = queryOptions({
  queryKey: ["get", ALIASES, "every page"],
  queryFn: ({ signal }): Promise<Schemas["Alias"][]> =>
    everyPage(async (query) => (await api.GET(ALIASES, { params: { query }, signal })).data!),
});

export const policiesQuery = queryOptions({
  queryKey: ["get", POLICIES, "every page"],
  queryFn: ({ signal }): Promise<Schemas["RoutingPolicy"][]> =>
    everyPage(async (query) => (await api.GET(POLICIES, { params: { query }, signal })).data!),
});

/** What is being changed, and its URL, by which its tag is known. */
const one = (name: string) => encodeURIComponent(name);
export const providerUrl = (name: string) => `${PROVIDERS}/${one(name)}`;
export const modelUrl = (name: string) => `${AREA}/models/${one(name)}`;
export const aliasUrl = (name: string) => `${ALIASES}/${one(name)}`;
export const policyUrl = (name: string) => `${POLICIES}/${one(name)}`;

export const providerQuery = (provider: string) =>
  $api.queryOptions("get", `${AREA}/models/providers/{provider}`, {
    params: { path: { provider } },
  });
export const modelQuery = (model: string) =>
  $api.queryOptions("get", `${AREA}/models/{model}`, { params: { path: { model } } });
export const aliasQuery = (alias: string) =>
  $api.queryOptions("get", ALIAS, { params: { path: { alias } } });
export const policyQuery = (policy: string) =>
  $api.queryOptions("get", `${AREA}/routing-policies/{policy}`, { params: { path: { policy } } });

/** How providers do now. Queues move without an event. */
export const healthQuery = $api.queryOptions(
  "get",
  "/api/ai/providers/health",
  {},
  { refetchInterval: 5_000 },
);

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;

/** Thirty days, of which today is the last one. */
function month() {
  const tomorrow = Math.ceil((now() + 1) / DAY_MS) * DAY_MS;
  return {
    from: new Date(tomorrow - 30 * DAY_MS).toISOString(),
    to: new Date(tomorrow).toISOString(),
  };
}

/** The last twenty-four hours, up to the quarter of an hour that runs. */
function day() {
  const end = Math.ceil((now() + 1) / QUARTER_MS) * QUARTER_MS;
  return { from: new Date(end - DAY_MS).toISOString(), to: new Date(end).toISOString() };
}

type Filter = { provider?: string; model?: string };

/** What thirty days came to, by provider, model or feature. */
export const monthQuery = (group_by: "provider" | "model" | "feature", filter: Filter = {}) =>
  $api.queryOptions("get", SUMS, { params: { query: { group_by, ...month(), ...filter } } });

/** What a day came to, by provider: how well they did of late. */
export const dayQuery = () =>
  $api.queryOptions("get", SUMS, {
    params: { query: { group_by: "provider", latency: true, ...day() } },
  });
