import { createFileRoute } from "@tanstack/react-router";
import { KeysPage } from "./page";
import { applicationsQuery, keysQuery } from "./queries";
import { parseSearch } from "./search";

export const Route = createFileRoute("/keys")({
  validateSearch: parseSearch,
  loader: ({ context }) => {
    void context.queryClient.prefetchQuery(keysQuery);
    void context.queryClient.prefetchQuery(applicationsQuery);
  },
  component: KeysPage,
});
