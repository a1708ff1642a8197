import { queryOptions } from "@tanstack/react-query";
import { $api, api, type Schemas } from "@/api/client";
import { everyPage } from "@/api/every-page";
import type { Environment } from "@/lib/environment";

const BASE = "/api/platform/ai-management";

/** Figures that nothing tells of move, too: how old calls are, what waits. */
const LIVE_MS = 5_000;
const HEALTH_MS = 15_000;

export const liveQuery = $api.queryOptions(
  "get",
  "/api/ai/dashboard/live-status",
  {},
  { refetchInterval: LIVE_MS, staleTime: 1_000 },
);
export const healthQuery = $api.queryOptions(
  "get",
  "/api/health/ai-management",
  {},
  { refetchInterval: HEALTH_MS },
);

const PROVIDERS = `${BASE}/models/providers` as const;
export const providersQuery = queryOptions({
  queryKey: ["get", PROVIDERS, "every page"],
  queryFn: ({ signal }): Promise<Schemas["Provider"][]> =>
    everyPage(async (query) => (await api.GET(PROVIDERS, { params: { query }, signal })).data!),
});

const KEYS = `${BASE}/keys` as const;
export const keysQuery = queryOptions({
  queryKey: ["get", KEYS, "every page"],
  queryFn: ({ signal }): Promise<Schemas["Key"][]> =>
    everyPage(async (query) => (await api.GET(KEYS, { params: { query }, signal })).data!),
});

/** One assignment, and with it the tag that a change of it names. */
export const assignmentQuery = (feature: string, environment: Environment) =>
  $api.queryOptions("get", `${BASE}/features/{feature}/assignments/{environment}`, {
    params: { path: { feature, environment } },
  });
export const assignmentUrl = (feature: string, environment: Environment) =>
  `${BASE}/features/${encodeURIComponent(feature)}/assignments/${environment}`;
