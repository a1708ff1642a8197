import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { $api, api, type Schemas } from "@/api/client";
import { everyPage } from "@/api/every-page";
import { timeZone } from "@/lib/format";
import type { Bucket } from "./grid";
import type { Dimension, Filters } from "./search";
import type { Span } from "./span";

export const SPENDING = "/api/platform/ai-management/spending";
export const BUDGETS = `${SPENDING}/budgets` as const;
const ALERTS = `${SPENDING}/alerts` as const;
const KEYS = "/api/platform/ai-management/keys";
const PROVIDERS = "/api/platform/ai-management/models/providers";
const APPLICATIONS = "/api/applications";

export type Budget = Schemas["Budget"];
export type Sum = Schemas["Sum"];
export type Alert = Schemas["Page_Alert"]["items"][number];

/** No event says what is spent and held: it is asked for. */
const STANDING_MS = 10_000;
const OPEN_BUDGET_MS = 2_000;
const SUMS_MS = 60_000;

/** Every budget, by name, and where it stands. */
export const budgetsQuery = queryOptions({
  queryKey: ["get", BUDGETS, "every page"],
  refetchInterval: STANDING_MS,
  queryFn: ({ signal }): Promise<Budget[]> =>
    everyPage(async (query) => (await api.GET(BUDGETS, { params: { query }, signal })).data!),
});

export const budgetQuery = (budget: string) =>
  $api.queryOptions(
    "get",
    `${BUDGETS}/{budget}`,
    { params: { path: { budget } } },
    { refetchInterval: ({ state }) => (state.status === "error" ? false : OPEN_BUDGET_MS) },
  );

/** Alerts of one budget or of all, the youngest first, by page. */
export const alertsQuery = (budget?: string) => ({
  queryKey: ["get", ALERTS, "by page", budget] as const,
  initialPageParam: undefined as string | undefined,
  queryFn: async ({ pageParam, signal }: { pageParam?: string; signal: AbortSignal }) =>
    (
      await api.GET(ALERTS, {
        params: { query: { budget, cursor: pageParam, limit: budget ? 20 : 8 } },
        signal,
      })
    ).data!,
  getNextPageParam: (page: Schemas["Page_Alert"]) => page.next_cursor ?? undefined,
});

/** What was spent in a span, by group and, where one is named, by bucket. */
export const sumsQuery = (asked: {
  span: Span;
  by?: readonly Dimension[];
  bucket?: Bucket;
  filters?: Filters;
}) =>
  $api.queryOptions(
    "get",
    `${SPENDING}/analytics`,
    {
      params: {
        query: {
          from: new Date(asked.span.from).toISOString(),
          to: new Date(asked.span.to).toISOString(),
          group_by: asked.by?.join(",") || undefined,
          bucket: asked.bucket,
          timezone: timeZone(),
          ...asked.filters,
        },
      },
    },
    { placeholderData: keepPreviousData, refetchInterval: SUMS_MS },
  );

/** What sums and scopes call by id. */
export const keysQuery = queryOptions({
  queryKey: ["get", KEYS, "every page"],
  queryFn: ({ signal }): Promise<Schemas["Key"][]> =>
    everyPage(async (query) => (await api.GET(KEYS, { params: { query }, signal })).data!),
});
export const providersQuery = queryOptions({
  queryKey: ["get", PROVIDERS, "every page"],
  queryFn: ({ signal }): Promise<Schemas["Provider"][]> =>
    everyPage(async (query) => (await api.GET(PROVIDERS, { params: { query }, signal })).data!),
});
export const applicationsQuery = queryOptions({
  queryKey: ["get", APPLICATIONS, "every page"],
  queryFn: ({ signal }): Promise<Schemas["Application"][]> =>
    everyPage(async (query) => (await api.GET(APPLICATIONS, { params: { query }, signal })).data!),
});
