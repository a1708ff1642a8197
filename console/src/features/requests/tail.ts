/** Calls as they end, above those that were read; in bounded memory. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useStore } from "@/lib/store";
import { connection } from "@/live/socket";
import { useLive } from "@/live/use-live";
import type { Call } from "./queries";
import { type Filters, hasStatus } from "./search";

/** The rows that are kept of a tail, shown or waiting. */
export const KEPT = 2_000;

export type Tail = {
  shown: Call[];
  /** What came while the reader looked elsewhere. */
  waiting: Call[];
  waitingCount: number;
  /** The tail is longer than what is kept: what was read below does not follow on it. */
  isCut: boolean;
  /** Calls that came faster than they are told. */
  omitted: number;
};
export const EMPTY: Tail = { shown: [], waiting: [], waitingCount: 0, isCut: false, omitted: 0 };

/** The tail with what came; it waits while the reader looks at something. */
export function took(tail: Tail, calls: Call[], omitted: number, isHeld: boolean): Tail {
  const youngestFirst = calls.toSorted((one, other) => (one.at < other.at ? 1 : -1));
  const all = { ...tail, omitted: tail.omitted + omitted };
  if (isHeld || tail.waitingCount > 0) {
    const waiting = [...youngestFirst, ...tail.waiting].slice(0, KEPT);
    return { ...all, waiting, waitingCount: tail.waitingCount + calls.length };
  }
  const shown = [...youngestFirst, ...tail.shown];
  return { ...all, shown: shown.slice(0, KEPT), isCut: tail.isCut || shown.length > KEPT };
}

/** What waited is shown. */
export function released(tail: Tail): Tail {
  const shown = [...tail.waiting, ...tail.shown];
  return {
    shown: shown.slice(0, KEPT),
    waiting: [],
    waitingCount: 0,
    isCut: tail.isCut || shown.length > KEPT,
    omitted: tail.omitted,
  };
}

/** Whether a call belongs to a list: the program tells all of them. */
export function belongs(call: Call, filters: Filters): boolean {
  const is = (wanted: string | undefined, found: string | null | undefined) =>
    wanted === undefined || wanted === found;
  return (
    is(filters.environment, call.environment) &&
    is(filters.feature, call.feature) &&
    is(filters.provider, call.provider) &&
    is(filters.model, call.model) &&
    is(filters.key, call.key) &&
    is(filters.user, call.user) &&
    (!filters.status || hasStatus(filters, call.status as never)) &&
    (!filters.cached || call.cached) &&
    (!filters.retried || call.attempts > 1) &&
    (filters.min_duration_ms === undefined || call.duration_ms >= filters.min_duration_ms) &&
    (!filters.min_cost || Number(call.cost.amount) >= Number(filters.min_cost)) &&
    (!filters.q || says(call, filters.q.toLowerCase()))
  );
}

const says = (call: Call, text: string) =>
  call.id === text ||
  [call.feature, call.model, call.user, call.session, call.error_code].some((part) =>
    part?.toLowerCase().includes(text),
  );

type Appended = { items: Call[]; omitted: number };

/** The tail of a list while `isOn`; `onLost` when calls were missed and the list has to be read again. */
export function useTail(list: {
  filters: Filters;
  begun: number;
  isOn: boolean;
  isHeld: boolean;
  onLost: () => void;
}) {
  const { filters, begun, isOn, isHeld, onLost } = list;
  const [tail, setTail] = useState(EMPTY);
  const lost = useRef(onLost);
  lost.current = onLost;
  // Another list has another tail.
  useEffect(() => setTail(EMPTY), [filters, begun, isOn]);
  useLive(
    "usage.appended",
    (events) => {
      const told = events.map((event) => event.data as Appended);
      const calls = told.flatMap(({ items }) => items.filter((call) => belongs(call, filters)));
      const omitted = told.reduce((sum, one) => sum + one.omitted, 0);
      if (calls.length > 0 || omitted > 0) setTail((now) => took(now, calls, omitted, isHeld));
    },
    isOn,
  );
  useLive("gap", () => lost.current(), isOn);
  // These events are not told a second time: whoever was away has missed some.
  const opened = useStore(connection, (now) => (now.status === "open" ? now.since : 0));
  const last = useRef(opened);
  useEffect(() => {
    if (!opened || last.current === opened) return;
    if (last.current && isOn) lost.current();
    last.current = opened;
  }, [opened, isOn]);
  return [tail, useCallback(() => setTail(released), [])] as const;
}
