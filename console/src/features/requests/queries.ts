import { type InfiniteData, infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { $api, api, queryClient, type Schemas } from "@/api/client";
import type { countedFilters, Filters } from "./search";

export type Call = Schemas["CallEntry"];
type Page = Schemas["Page_CallEntry"];

const CALLS = "/api/platform/ai-management/usage/calls";
export const PAGE = 200;
/** Pages that are kept; those farthest from the reader go first. */
const KEPT_PAGES = 50;
/** How long a list that was left is good for who comes back. */
export const FRESH_MS = 30_000;

/** Where a page begins, with those before it: rows that were let go are found again. */
export type Place = { cursor?: string; row: number; previous?: Place };
const TOP: Place = { row: 0 };

/** The place of the page that has a row, going back from a later one. */
export function placeOf(row: number, from: Place): Place {
  let place = from;
  while (place.row > row && place.previous) place = place.previous;
  return place;
}

const read = async (filters: Filters, { cursor }: Place, signal?: AbortSignal) => {
  const query = { ...filters, limit: PAGE, cursor };
  return (await api.GET(CALLS, { params: { query }, signal })).data!;
};

/**
 * Calls by page, in a list that was begun at a moment. Who wants them read again begins another one: what was decided
 * meanwhile does not change them, and a reader who scrolled through thousands would wait for all of their pages.
 */
export const callsQuery = (filters: Filters, begun: number) =>
  infiniteQueryOptions<Page, Error, InfiniteData<Page, Place>, readonly unknown[], Place>({
    queryKey: ["get", CALLS, "by page", filters, begun],
    queryFn: ({ pageParam, signal }) => read(filters, pageParam, signal),
    initialPageParam: TOP,
    getNextPageParam: (last, _pages, place) =>
      last.next_cursor
        ? { cursor: last.next_cursor, row: place.row + last.items.length, previous: place }
        : undefined,
    getPreviousPageParam: (_first, _pages, place) => place.previous,
    maxPages: KEPT_PAGES,
    staleTime: "static",
    gcTime: FRESH_MS,
    structuralSharing: false,
    placeholderData: keepPreviousData,
  });

/** Shows the page of a row that was let go, and no other. */
export async function seek(filters: Filters, begun: number, row: number) {
  const { queryKey } = callsQuery(filters, begun);
  const place = placeOf(
    row,
    queryClient.getQueryData<InfiniteData<Page, Place>>(queryKey)?.pageParams[0] ?? TOP,
  );
  const page = await read(filters, place);
  queryClient.setQueryData(queryKey, { pages: [page], pageParams: [place] });
}

/** What every query of the volume begins with. */
export const VOLUME_KEY = ["get", "/api/platform/ai-management/usage/calls/volume"] as const;

export const volumeQuery = (filters: ReturnType<typeof countedFilters>) =>
  $api.queryOptions(
    ...VOLUME_KEY,
    { params: { query: filters } },
    { placeholderData: keepPreviousData },
  );

const ONE = "/api/platform/ai-management/usage/{id}";

export const explanationQuery = (id: string) =>
  $api.queryOptions(
    "get",
    ONE,
    { params: { path: { id } } },
    {
      // A call that is under way has no end yet.
      refetchInterval: (query) => (query.state.data && !query.state.data.call ? 2_000 : false),
    },
  );

/** To be asked for only by who wants it: each reading stands in the journal. */
export const payloadQuery = (id: string) =>
  $api.queryOptions(
    "get",
    `${ONE}/payload`,
    { params: { path: { id } } },
    { staleTime: "static", gcTime: 0, retry: false },
  );
