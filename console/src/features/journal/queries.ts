import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { $api, api, type Schemas } from "@/api/client";
import { askedFor, type JournalSearch } from "./search";

const JOURNAL = "/api/platform/ai-management/journal";
const PAGE = 200;

export type Entry = Schemas["JournalEntry"];
export type Detail = Schemas["JournalEntryDetail"];

/** Entries, the youngest first, by page. */
export const entriesQuery = (search: JournalSearch) => {
  const asked = askedFor(search);
  return infiniteQueryOptions({
    queryKey: ["get", JOURNAL, "by page", asked],
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam: cursor, signal }) => {
      const query = { ...asked, cursor, limit: PAGE };
      return (await api.GET(JOURNAL, { params: { query }, signal })).data!;
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
};

export const entryQuery = (seq: number) =>
  $api.queryOptions("get", `${JOURNAL}/{seq}`, { params: { path: { seq } } });

/** Recomputes the whole chain: asked for when somebody wants to know, not whenever something happens. */
export const verificationQuery = queryOptions({
  queryKey: ["get", `${JOURNAL}/verify`, "when asked"],
  enabled: false,
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async ({ signal }) => (await api.GET(`${JOURNAL}/verify`, { signal })).data!,
});
