import { createFileRoute } from "@tanstack/react-router";
import { lastEnvironment } from "@/lib/environment";
import { now } from "@/lib/now";
import { OverviewPage } from "./page";
import { byProviderQuery, courseQuery, totalQuery } from "./queries";
import { parseSearch, spanOf } from "./search";

export const Route = createFileRoute("/")({
  validateSearch: parseSearch,
  loaderDeps: ({ search }) => ({ range: search.range, env: search.env }),
  loader: ({ context, deps }) => {
    const span = spanOf(deps.range ?? "24h", now());
    const environment = deps.env ?? lastEnvironment.get();
    for (const query of [totalQuery, courseQuery, byProviderQuery])
      void context.queryClient.prefetchQuery(query(span, environment));
  },
  component: OverviewPage,
});
