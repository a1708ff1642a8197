import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { type Call, callsQuery, PAGE, seek } from "./queries";
import type { Filters } from "./search";
import type { Tail } from "./tail";

/** Rows that fill a screen. The program looks through so many calls at once: a page may have none and go on. */
const SCREEN = 60;

/** The rows of the list: the tail, then the pages that are kept, and how to get at the others. */
export function useCalls(filters: Filters, begun: number, tail: Tail) {
  const query = useInfiniteQuery(callsQuery(filters, begun));
  const { data, error, hasNextPage, hasPreviousPage, isFetching, isPlaceholderData } = query;
  const { fetchNextPage, fetchPreviousPage } = query;
  const read = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const isWanting = hasNextPage && read.length < SCREEN;
  useEffect(() => {
    if (isWanting && !isFetching && !error) void fetchNextPage();
  }, [isWanting, isFetching, error, fetchNextPage]);
  const letGo = data?.pageParams[0]?.row ?? 0;
  const rows = useMemo(() => (letGo > 0 ? read : joined(tail, read)), [letGo, tail, read]);
  // Above rows that were let go, the tail is out of sight too.
  const above = letGo > 0 ? tail.shown.length : 0;
  const isSeeking = useRef(false);

  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching && !isPlaceholderData && !error) void fetchNextPage();
  }, [hasNextPage, isFetching, isPlaceholderData, error, fetchNextPage]);
  const onStart = useCallback(
    async (first: number) => {
      if (!hasPreviousPage || isFetching || isSeeking.current) return;
      if (first >= above + letGo - PAGE) return void fetchPreviousPage();
      isSeeking.current = true;
      await seek(filters, begun, first - above).finally(() => {
        isSeeking.current = false;
      });
    },
    [hasPreviousPage, isFetching, above, letGo, fetchPreviousPage, filters, begun],
  );
  return {
    query,
    rows,
    before: above + letGo,
    /** Whether there are no more than these. */
    isWhole: data !== undefined && !hasNextPage && !tail.isCut,
    onEnd: tail.isCut ? undefined : onEnd,
    onStart,
  };
}

/** A call that was told and read stands there once. */
function joined(tail: Tail, read: Call[]): Call[] {
  if (tail.isCut) return tail.shown;
  if (tail.shown.length === 0) return read;
  const told = new Set(tail.shown.map((call) => call.id));
  return [...tail.shown, ...read.filter((call) => !told.has(call.id))];
}
