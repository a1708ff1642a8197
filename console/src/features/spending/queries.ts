import { keepPreviousData } from "@tanstack/react-query";
import { $api, api, type Schemas } from "@/api/client";
import { timeZone } from "@/lib/format";
import type { Bucket } from "./grid";
import type { Dimension, Filters } from "./search";
import type { Span } from "./span";

export const SPENDING = "/api/platform/ai-management/spending";
export const BUDGETS = `${SPENDING}/budgets` as const;
const ALERTS = `${SPENDING}/alerts` as const;

export type Budget = Schemas["Budget"];
export type Sum = Schemas["Sum"];
export type Alert = Schemas["Page_Alert"]["items"][number];

/** No event says what is spent and held: it is asked for. */
const OPEN_BUDGET_MS = 2_000;
const SUMS_MS = 60_000;

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
