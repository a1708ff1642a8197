/** Reads again what is shown when a decision was made, an alert was raised, or events were lost. */
import type { QueryClient } from "@tanstack/react-query";
import { connection, onLive } from "./socket";

const PAUSE_MS = 2_000;
/** How often figures are read where no events come. */
const WITHOUT_EVENTS_MS = 30_000;
const KINDS = ["journal.appended", "spending.alert", "health.changed", "gap"];

/** At once, then at most every two seconds, for as long as the returned function is not called. */
export function refreshOnEvents(queries: QueryClient): () => void {
  let timer = 0;
  let isDue = false;
  const refresh = () => {
    isDue = timer !== 0;
    if (isDue) return;
    void queries.invalidateQueries();
    timer = window.setTimeout(() => {
      timer = 0;
      if (isDue) refresh();
    }, PAUSE_MS);
  };
  const polling = setInterval(() => {
    if (connection.get().status !== "open" && navigator.onLine) refresh();
  }, WITHOUT_EVENTS_MS);
  const ends = KINDS.map((kind) => onLive(kind, refresh));
  return () => {
    clearTimeout(timer);
    clearInterval(polling);
    for (const end of ends) end();
  };
}
