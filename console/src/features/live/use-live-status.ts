import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { Schemas } from "@/api/client";
import { liveStatusQuery } from "@/api/operations";
import { useLive } from "@/live/use-live";

/** What changes is told every second; what it changed is read again no more often than this. */
const AGAIN_MS = 1_000;
/** So many moments of the figures are kept, for the line beside them. */
const MOMENTS = 60;

export type Trace = { inFlight: number[]; answered: number[]; failed: number[] };
const NO_TRACE: Trace = { inFlight: [], answered: [], failed: [] };

/** What runs now: figures as they are told, the rest as it is read. The trace is of the time since the page was opened. */
export function useLiveStatus() {
  const queries = useQueryClient();
  const query = useQuery(liveStatusQuery);
  const readAt = useRef(0);
  const [trace, setTrace] = useState(NO_TRACE);
  useLive("metrics.updated", (events) => {
    const latest = events.at(-1)?.data as Pick<Schemas["LiveStatus"], "in_flight" | "rates">;
    queries.setQueryData(liveStatusQuery.queryKey, (old) => old && { ...old, ...latest });
    setTrace((old) => ({
      inFlight: appended(old.inFlight, latest.in_flight.attempts),
      answered: appended(old.answered, latest.rates.answered_per_minute),
      failed: appended(old.failed, latest.rates.failed_per_minute),
    }));
    if (performance.now() - readAt.current < AGAIN_MS) return;
    readAt.current = performance.now();
    void query.refetch({ cancelRefetch: false });
  });
  return { query, trace };
}

const appended = (values: number[], value: number) => [...values.slice(1 - MOMENTS), value];

/** What was last seen before the pause, for as long as it lasts. */
export function useFrozen<T>(value: T, isPaused: boolean): T {
  const seen = useRef(value);
  if (!isPaused) seen.current = value;
  return seen.current;
}
