import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { isFound } from "./entry-words";
import { entriesQuery } from "./queries";
import type { JournalSearch } from "./search";

/** So many matches fill a screen. */
const ENOUGH = 40;
/** So many entries are read for a text before the reader is asked whether to go on. */
const PATIENCE = 1_000;

/** The entries that are shown, and how to get at older ones. The program knows no texts: these are looked for here. */
export function useEntries(search: JournalSearch) {
  const query = useInfiniteQuery(entriesQuery(search));
  const { data, hasNextPage, isFetching, fetchNextPage } = query;
  const { q, set } = search;
  const [patience, setPatience] = useState(PATIENCE);
  const read = useMemo(() => data?.pages.flatMap((page) => page.items), [data]);
  const rows = useMemo(() => read?.filter((entry) => isFound(entry, { q, set })), [read, q, set]);
  const isSought = q !== undefined || set !== undefined;
  const seeksOn =
    isSought && hasNextPage && (rows?.length ?? 0) < ENOUGH && (read?.length ?? 0) < patience;
  useEffect(() => {
    if (seeksOn && !isFetching) void fetchNextPage();
  }, [seeksOn, isFetching, fetchNextPage]);
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  return {
    query,
    rows,
    /** How many were read, of which `rows` are those that are sought. */
    read: read?.length ?? 0,
    isSought,
    hasMore: hasNextPage,
    isSeeking: seeksOn,
    onEnd,
    seekOn: () => setPatience((read?.length ?? 0) + PATIENCE),
  };
}
