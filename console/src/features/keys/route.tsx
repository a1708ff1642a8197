import { createFileRoute } from "@tanstack/react-router";
import { applicationsQuery, keysQuery } from "@/api/every-page";
import { KeysPage } from "./page";
import { parseSearch } from "./search";

export const Route = createFileRoute("/keys")({
  validateSearch: parseSearch,
  loader: ({ context }) => {
    void context.queryClient.prefetchQuery(keysQuery);
    void context.queryClient.prefetchQuery(applicationsQuery);
  },
  component: KeysPage,
});
