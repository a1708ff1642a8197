import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useCan } from "@/api/session";
import { cx } from "@/lib/cx";
import { count } from "@/lib/format";
import { useStore } from "@/lib/store";
import { connection } from "@/live/socket";
import { useLive } from "@/live/use-live";
import { type Area, areas, GROUPS } from "./areas";

/** The pages that one may see, by group. */
export function NavigationList({ onNavigate }: { onNavigate?: () => void }) {
  const can = useCan();
  const visible = areas.filter((area) => can(area.permission));
  return (
    <nav aria-label="Main" className="no-scrollbar flex-1 overflow-y-auto px-2 pb-3">
      {GROUPS.filter((group) => visible.some((area) => area.group === group)).map((group) => (
        <div key={group} className="mt-3 first:mt-1">
          <div className="px-2 pb-1 text-2xs font-medium text-ink-3 group-data-rail/nav:sr-only">
            {group}
          </div>
          <ul>
            {visible
              .filter((area) => area.group === group)
              .map((area) => (
                <AreaLink key={area.path} area={area} onNavigate={onNavigate} />
              ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

const always = () => true;

function AreaLink({ area, onNavigate }: { area: Area; onNavigate?: () => void }) {
  const useIsListed = area.useIsListed ?? always;
  if (!useIsListed()) return null;
  return (
    <li>
      <Link
        to={area.path}
        onClick={onNavigate}
        title={area.label}
        activeOptions={{ exact: area.path === "/", includeSearch: false }}
        className="flex h-7 items-center gap-2 rounded-md px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink pointer-coarse:h-11"
        activeProps={{
          className: "!bg-selected !text-ink font-medium",
          "aria-current": "page",
        }}
      >
        <area.icon aria-hidden className="size-[15px] shrink-0" strokeWidth={1.75} />
        <span className="truncate group-data-rail/nav:sr-only">{area.label}</span>
        {area.path === "/live" && <InFlight />}
      </Link>
    </li>
  );
}

/** How many attempts are under way, as it is told. */
function InFlight() {
  const [attempts, setAttempts] = useState(0);
  const isOpen = useStore(connection, (now) => now.status === "open");
  useLive("metrics.updated", (events) => {
    const latest = events.at(-1)?.data as { in_flight?: { attempts: number } } | undefined;
    setAttempts(latest?.in_flight?.attempts ?? 0);
  });
  return (
    <span className="num ml-auto inline-flex items-center gap-1.5 text-2xs text-ink-3 group-data-rail/nav:hidden">
      <span
        aria-hidden
        className={cx("size-1.5 rounded-full", isOpen ? "live-dot bg-ok" : "bg-warn")}
      />
      {count(attempts)}
    </span>
  );
}
