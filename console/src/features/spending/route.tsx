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
  // What is open beside the costs does not change them.
  loaderDeps: ({ search: { sel, new: _, edit, org, ...costs } }) => costs,
  loader: ({ context, deps }) => {
    const { overTime, inAll } = askedOf(deps, deps.env ?? lastEnvironment.get(), now());
    for (const sums of [overTime, inAll]) void context.queryClient.prefetchQuery(sumsQuery(sums));
    void context.queryClient.prefetchQuery(budgetsQuery);
  },
  component: SpendingPage,
});
