import { createFileRoute } from "@tanstack/react-router";
import { budgetsQuery } from "@/api/every-page";
import { lastEnvironment } from "@/lib/environment";
import { now } from "@/lib/now";
import { askedOf } from "./asked";
import { SpendingPage } from "./page";
import { sumsQuery } from "./queries";
import { parseSearch } from "./search";

export const Route = createFileRoute("/spending")({
  validateSearch: parseSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => {
    const { overTime } = askedOf(deps, deps.env ?? lastEnvironment.get(), now());
    void context.queryClient.prefetchQuery(sumsQuery(overTime));
    void context.queryClient.prefetchQuery(budgetsQuery);
  },
  component: SpendingPage,
});
