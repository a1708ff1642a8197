/** Reads again what is shown when a decision was made, an alert was raised, or events were lost. */
import type { QueryClient } from "@tanstack/react-query";
import { onLive } from "./socket";

const PAUSE_MS = 2_000;
const KINDS = ["journal.appended", "spending.alert", "health.changed", "gap"];

/** At once, then at most every two seconds, for as long as the returned function is not called. */
export function refreshOnEvents(queries: QueryClient): () => void {
  let isPaused = false;
  let isDue = false;
  const refresh = () => {
    isDue = isPaused;
    if (isPaused) return;
    isPaused = true;
    void queries.invalidateQueries();
    setTimeout(() => {
      isPaused = false;
      if (isDue) refresh();
    }, PAUSE_MS);
  };
  const ends = KINDS.map((kind) => onLive(kind, refresh));
  return () => {
    for (const end of ends) end();
  };
}
