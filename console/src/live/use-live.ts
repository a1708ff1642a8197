import { useEffect, useRef } from "react";
import { type LiveEvent, onLive } from "./socket";

/** Hears the events of a kind while the component is shown. */
export function useLive(kind: string, handler: (events: LiveEvent[]) => void, isWanted = true) {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    if (isWanted) return onLive(kind, (events) => latest.current(events));
  }, [kind, isWanted]);
}
