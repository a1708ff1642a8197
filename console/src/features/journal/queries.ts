import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
} from "@tanstack/react-query";
import { $api, api, type Schemas } from "@/api/client";
import { askedFor, type JournalSearch } from "./search";

const JOURNAL = "/api/platform/ai-management/journal";
const PAGE = 200;
/** Pages that are kept of a list: ten thousand entries. */
export const KEPT_PAGES = 50;
/** How long a list that was left is good for who comes back. */
const FRESH_MS = 30_000;

export type Entry = Schemas["JournalEntry"];
export type Detail = Schemas["JournalEntryDetail"];
type Page = Schemas["Page_JournalEntry"];
export type Pages = InfiniteData<Page, string | undefined>;

async function read(search: JournalSearch, cursor?: string, signal?: AbortSignal) {
  const query = { ...askedFor(search), cursor, limit: PAGE };
  return (await api.GET(JOURNAL, { params: { query }, signal })).data!;
}

/** Entries, the youngest first, by page. They do not change; what is added is read by `youngestQuery`. */
export const entriesQuery = (search: JournalSearch, begin?: string) =>
  infiniteQueryOptions<Page, Error, Pages, readonly unknown[], string | undefined>({
    queryKey: ["get", JOURNAL, "by page", askedFor(search), begin],
    placeholderData: keepPreviousData,
    initialPageParam: begin,
    queryFn: ({ pageParam, signal }) => read(search, pageParam, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: "static",
    gcTime: FRESH_MS,
  });

/** The first page, as it is now. */
export const youngestQuery = (search: JournalSearch) =>
  queryOptions({
    queryKey: ["get", JOURNAL, "youngest", askedFor(search)],
    queryFn: ({ signal }) => read(search, undefined, signal),
    gcTime: FRESH_MS,
  });

/** The pages with what was added since; nothing where the two do not meet. The same ones where nothing is new. */
export function withYoungest(pages: Pages, youngest: Page): Pages | undefined {
  const [first, ...others] = pages.pages;
  const latest = pages.pages.flatMap((page) => page.items)[0];
  if (!first || !latest) {
    return youngest.items.length === 0 ? pages : { pages: [youngest], pageParams: [undefined] };
  }
  const added = youngest.items.filter((entry) => entry.seq > latest.seq);
  if (added.length > 0 && added.length === youngest.items.length && youngest.next_cursor)
    return undefined;
  // Whether one was taken back is said at the one itself.
  const present = new Map(youngest.items.map((entry) => [entry.seq, entry]));
  const items = [...added, ...first.items.map((entry) => present.get(entry.seq) ?? entry)];
  return items.every((entry, index) => entry === first.items[index])
    ? pages
    : { ...pages, pages: [{ ...first, items }, ...others] };
}

export const entryQuery = (seq: number) =>
  $api.queryOptions("get", `${JOURNAL}/{seq}`, { params: { path: { seq } } });

/** Recomputes the whole chain: asked for when somebody wants to know, not whenever something happens. */
export const verificationQuery = queryOptions({
  queryKey: ["get", `${JOURNAL}/verify`, "when asked"],
  enabled: false,
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async ({ signal }) => (await api.GET(`${JOURNAL}/verify`, { signal })).data!,
});
