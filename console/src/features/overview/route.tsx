import type { QueryClient } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { assignmentsQuery, budgetsQuery, featuresQuery } from "@/api/every-page";
import { healthQuery, liveStatusQuery } from "@/api/operations";
import { type Me, may, meQuery } from "@/api/session";
import { type Environment, lastEnvironment } from "@/lib/environment";
import { now } from "@/lib/now";
import { OverviewPage } from "./page";
import { byModelQuery, byProviderQuery, courseQuery, totalQuery } from "./queries";
import { parseSearch, type Range, spanOf } from "./search";

export const Route = createFileRoute("/")({
  validateSearch: parseSearch,
  loaderDeps: ({ search }) => ({ range: search.range, env: search.env, view: search.view }),
  loader: ({ context, deps }) => {
    if (deps.view !== "executive") void prefetch(context.queryClient, deps);
  },
  component: OverviewPage,
});

/** What the first screen is made of, and first what needs attention: a browser asks six things at once. */
async function prefetch(queries: QueryClient, deps: { range?: Range; env?: Environment }) {
  await queries.prefetchQuery(meQuery);
  const me = queries.getQueryData<Me>(meQuery.queryKey);
  const can = (permission: string) => me !== undefined && may(me, permission);
  if (!can("spending.read")) return;
  const span = spanOf(deps.range ?? "24h", now());
  const environment = deps.env ?? lastEnvironment.get();
  if (can("operations.read")) {
    void queries.prefetchQuery(healthQuery);
    void queries.prefetchQuery(liveStatusQuery);
  }
  if (can("features.read")) {
    void queries.prefetchQuery(featuresQuery);
    void queries.prefetchQuery(assignmentsQuery(environment));
  }
  void queries.prefetchQuery(budgetsQuery);
  for (const query of [byModelQuery, totalQuery, courseQuery, byProviderQuery])
    void queries.prefetchQuery(query(span, environment));
}
