import { useEffect, useState } from "react";
import { duration } from "@/lib/format";
import { useStore } from "@/lib/store";
import { useNow } from "@/lib/use-now";
import { connection } from "@/live/socket";
import { Shape } from "@/ui/status";

/** A connection that comes back at once is not worth a word. */
const PATIENCE_MS = 2_000;

/** Says that what is shown is not live any more, and for how long. Values dim after ten seconds. */
export function ConnectionLine() {
  const { status, attempt, since } = useStore(connection);
  const [isLong, setLong] = useState(false);
  const isAway = status === "retrying" || status === "offline";
  useEffect(() => {
    if (!isAway) return setLong(false);
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isAway]);
  if (!isAway || !isLong) return null;
  return (
    <div
      role="status"
      className="flex items-center gap-2 border-b border-line bg-warn-soft px-4 py-1.5 text-xs text-warn"
    >
      <Shape tone="warn" />
      {status === "offline" ? "No network" : `Reconnecting (${attempt})`}
      <Age since={since} />
    </div>
  );
}

function Age({ since }: { since: number }) {
  const age = useNow() - since;
  useEffect(() => {
    document.documentElement.dataset.stale = age > 10_000 ? "true" : "";
    return () => {
      delete document.documentElement.dataset.stale;
    };
  }, [age]);
  return (
    <span aria-hidden>
      what you see is {duration(Math.max(1000, age)).replace(/\.\d+ s/, " s")} old
    </span>
  );
}
