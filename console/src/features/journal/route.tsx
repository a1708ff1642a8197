import { createFileRoute } from "@tanstack/react-router";
import { JournalPage } from "./page";
import { entriesQuery } from "./queries";
import { parseSearch } from "./search";

export const Route = createFileRoute("/journal")({
  validateSearch: parseSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => void context.queryClient.prefetchInfiniteQuery(entriesQuery(deps)),
  component: JournalPage,
});
