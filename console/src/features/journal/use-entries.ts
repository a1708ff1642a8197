import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { entriesQuery } from "./queries";
import type { JournalSearch } from "./search";

/** So many rows fill a screen. The program looks through so many entries at once: a page may have few and go on. */
const ENOUGH = 40;
/** So many pages are read for a screen before the reader is asked whether to go on. */
const PATIENCE = 10;

/** The entries that are shown, and how to get at older ones. The program can't narrow by change set: it is done here. */
export function useEntries(search: JournalSearch) {
  const query = useInfiniteQuery(entriesQuery(search));
  const { data, hasNextPage, isFetching, fetchNextPage } = query;
  const { set } = search;
  const [patience, setPatience] = useState(PATIENCE);
  const pages = data?.pages.length ?? 0;
  const rows = useMemo(() => {
    const read = data?.pages.flatMap((page) => page.items);
    return set ? read?.filter((entry) => entry.change_set === set) : read;
  }, [data, set]);
  const isWanting = hasNextPage && (rows?.length ?? 0) < ENOUGH;
  const seeksOn = isWanting && pages < patience;
  useEffect(() => {
    if (seeksOn && !isFetching) void fetchNextPage();
  }, [seeksOn, isFetching, fetchNextPage]);
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  return {
    query,
    rows,
    hasMore: hasNextPage,
    isSeeking: seeksOn,
    /** Whether it was given up before a screen was full. */
    isLeft: isWanting && !seeksOn,
    onEnd,
    seekOn: () => setPatience(pages + PATIENCE),
  };
}
