import { createFileRoute } from "@tanstack/react-router";
import { budgetsQuery } from "@/api/every-page";
import { SpendingPage } from "./page";
import { parseSearch } from "./search";

export const Route = createFileRoute("/spending")({
  validateSearch: parseSearch,
  loader: ({ context }) => void context.queryClient.prefetchQuery(budgetsQuery),
  component: SpendingPage,
});
