import { createFileRoute } from "@tanstack/react-router";
import { SpendingPage } from "./page";
import { budgetsQuery } from "./queries";
import { parseSearch } from "./search";

export const Route = createFileRoute("/spending")({
  validateSearch: parseSearch,
  loader: ({ context }) => void context.queryClient.prefetchQuery(budgetsQuery),
  component: SpendingPage,
});
