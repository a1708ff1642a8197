import { createFileRoute } from "@tanstack/react-router";
import { modelsQuery, providersQuery } from "@/api/every-page";
import { ModelsPage } from "./page";
import { parseSearch } from "./search";

export const Route = createFileRoute("/models")({
  validateSearch: parseSearch,
  loader: ({ context }) => {
    void context.queryClient.prefetchQuery(providersQuery);
    void context.queryClient.prefetchQuery(modelsQuery);
  },
  component: ModelsPage,
});
