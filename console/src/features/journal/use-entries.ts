import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type RefObject, useCallback, useEffect, useMemo, useState } from "react";
import { queryClient } from "@/api/client";
import { entriesQuery, KEPT_PAGES, type Pages, withYoungest, youngestQuery } from "./queries";
import { askedFor, type JournalSearch } from "./search";

/** So many rows fill a screen. The program looks through so many entries at once: a page may have few and go on. */
const ENOUGH = 40;
/** So many pages are read for a screen before the reader is asked whether to go on. */
const PATIENCE = 10;

/** The entries that are shown, and how to get at others. The program can't narrow by change set: it is done here. */
export function useEntries(search: JournalSearch, scroller: RefObject<HTMLDivElement | null>) {
  const asked = JSON.stringify(askedFor(search));
  const [later, setLater] = useState<{ asked: string; cursor: string }>();
  const begin = later?.asked === asked ? later.cursor : undefined;
  const options = entriesQuery(search, begin);
  const query = useInfiniteQuery(options);
  const { data, error, hasNextPage, isFetching, isPlaceholderData, fetchNextPage } = query;
  const { set } = search;
  const [patience, setPatience] = useState(PATIENCE);
  const pages = data?.pages.length ?? 0;
  const rows = useMemo(() => {
    const read = data?.pages.flatMap((page) => page.items);
    return set ? read?.filter((entry) => entry.change_set === set) : read;
  }, [data, set]);
  const missed = useYoungest(
    search,
    options.queryKey,
    begin === undefined && !isPlaceholderData ? data : undefined,
  );

  const mayGoOn = hasNextPage && pages < KEPT_PAGES && !error && !isPlaceholderData;
  const isWanting = mayGoOn && (rows?.length ?? 0) < ENOUGH;
  const seeksOn = isWanting && pages < patience;
  useEffect(() => {
    if (seeksOn && !isFetching) void fetchNextPage();
  }, [seeksOn, isFetching, fetchNextPage]);
  const onEnd = useCallback(() => {
    if (mayGoOn && !isFetching) void fetchNextPage();
  }, [mayGoOn, isFetching, fetchNextPage]);
  const toTop = () => scroller.current?.scrollTo({ top: 0 });
  const next = data?.pages.at(-1)?.next_cursor;
  return {
    query,
    rows,
    hasMore: hasNextPage || begin !== undefined,
    isSeeking: seeksOn,
    /** Whether it was given up before a screen was full. */
    isLeft: isWanting && !seeksOn,
    onEnd,
    seekOn: () => setPatience(pages + PATIENCE),
    /** The pages that follow could not be read. */
    unread: rows && error && !isPlaceholderData ? error : undefined,
    retry: () => void fetchNextPage(),
    /** More than this are not kept: the list begins again further back. */
    goOn:
      pages >= KEPT_PAGES && next
        ? () => {
            setLater({ asked, cursor: next });
            toTop();
          }
        : undefined,
    isLater: begin !== undefined,
    /** More were added at once than one page holds: between them and the rows is a gap. */
    hasMissed: missed !== undefined,
    toYoungest: () => {
      if (missed) queryClient.setQueryData(options.queryKey, missed);
      setLater(undefined);
      toTop();
    },
  };
}

/** Has only the first page read again when something was decided. What to show instead of pages that it no longer meets. */
function useYoungest(
  search: JournalSearch,
  queryKey: readonly unknown[],
  pages: Pages | undefined,
): Pages | undefined {
  const { data: youngest } = useQuery({
    ...youngestQuery(search),
    enabled: pages !== undefined,
    initialData: pages?.pages[0],
  });
  const joined = useMemo(
    () => (pages && youngest ? withYoungest(pages, youngest) : pages),
    [pages, youngest],
  );
  useEffect(() => {
    if (joined && joined !== pages) queryClient.setQueryData(queryKey, joined);
  }, [joined, pages, queryKey]);
  return pages && youngest && !joined ? { pages: [youngest], pageParams: [undefined] } : undefined;
}
