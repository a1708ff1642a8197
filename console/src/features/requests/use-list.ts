import { useQuery } from "@tanstack/react-query";
import { type RefObject, useCallback, useEffect, useMemo, useState } from "react";
import { queryClient } from "@/api/client";
import { now } from "@/lib/now";
import { useEnvironment } from "@/lib/use-environment";
import { FRESH_MS, VOLUME_KEY, volumeQuery } from "./queries";
import {
  countedFilters,
  filters,
  isCounted,
  isWholeSlots,
  type RequestSearch,
  spanOf,
} from "./search";
import { useTail } from "./tail";
import { useCalls } from "./use-calls";
import { useNamed } from "./use-named";

const LIVE_COUNT_MS = 5_000;
/** Within a day and the quarter of an hour that it begins in, the hour says it all. */
const DAY_MS = 24.25 * 3_600_000;
/** Less than a row of scrolling is no looking away. */
const NEAR_TOP_PX = 24;

/** When the list was begun: who comes back soon finds the one he left. */
let lastBegun = 0;

/** The list that a URL means, with its tail and its volume. */
export function useList(search: RequestSearch, scroller: RefObject<HTMLDivElement | null>) {
  const [environment] = useEnvironment();
  const [begun, setBegun] = useState(() => (now() - lastBegun < FRESH_MS ? lastBegun : now()));
  lastBegun = begun;
  const again = useCallback(() => {
    setBegun(now());
    void queryClient.invalidateQueries({ queryKey: VOLUME_KEY });
  }, []);

  const span = spanOf(search, begun);
  const asked = useSame(filters(search, environment, span));
  const isLive = Boolean(search.live) && !asked.to;
  // Rows do not move under who reads them.
  const isHeld = useIsAway(scroller) || search.sel !== undefined;
  const [hasMissed, setMissed] = useState(false);
  useEffect(() => setMissed(false), [asked, begun, isLive]);
  const told = useSame(useNamed(asked));
  const [tail, release] = useTail({
    filters: told,
    begun,
    isOn: isLive,
    isHeld,
    onLost: () => (isHeld ? setMissed(true) : again()),
  });
  const calls = useCalls(asked, begun, tail);
  const refetchInterval = isLive ? LIVE_COUNT_MS : (false as const);
  const counted = useSame(countedFilters(search, environment, span));
  const volume = useQuery({ ...volumeQuery(counted), refetchInterval });
  const all = useQuery({
    ...volumeQuery(useSame(countedFilters({}, environment, span))),
    refetchInterval,
  });

  return {
    ...calls,
    read: calls.before + calls.rows.length,
    // Who jumped reads on from there; the sums are those of the span.
    isWhole: calls.isWhole && !search.at,
    told: isCounted(search) ? volume.data?.calls : undefined,
    isExact: isWholeSlots(span),
    total: all.data?.calls,
    volume,
    tail,
    isLive,
    again,
    /** Some were not told, or more than are kept: the list has to be read again to be whole. */
    hasMissed,
    /** Goes to the youngest, those that waited included. */
    toTop: () => {
      scroller.current?.scrollTo({ top: 0 });
      if (hasMissed || tail.waitingCount > tail.waiting.length) again();
      else release();
    },
    hasDays: new Date(span.to ?? begun).getTime() - new Date(span.from ?? 0).getTime() > DAY_MS,
  };
}

/** The same object as long as it says the same. */
function useSame<T>(value: T): T {
  const text = JSON.stringify(value);
  return useMemo(() => JSON.parse(text) as T, [text]);
}

/** Whether the reader scrolled away from the youngest rows. */
function useIsAway(scroller: RefObject<HTMLDivElement | null>): boolean {
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    const onScroll = (event: Event) => {
      if (event.target === scroller.current)
        setAway((scroller.current?.scrollTop ?? 0) > NEAR_TOP_PX);
    };
    // The list comes and goes with its states; scrolling is heard on its way down.
    addEventListener("scroll", onScroll, { capture: true, passive: true });
    return () => removeEventListener("scroll", onScroll, { capture: true });
  }, [scroller]);
  return isAway;
}
