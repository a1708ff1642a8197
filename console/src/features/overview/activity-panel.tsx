import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useCan } from "@/api/session";
import { ago, clock, day } from "@/lib/format";
import { now } from "@/lib/now";
import { useStore } from "@/lib/store";
import { connection } from "@/live/socket";
import { useLive } from "@/live/use-live";
import { Panel } from "@/ui/panel";
import { Denied, Empty, Failure, SkeletonRows } from "@/ui/states";
import { Shape, Status } from "@/ui/status";
import { activity, type Line, ofHealth } from "./activity";
import { AreaLink } from "./area-link";
import { alertsQuery, journalQuery } from "./queries";

const KEPT = 20;

/** What was decided and what happened, the youngest first. */
export function ActivityPanel() {
  const can = useCan();
  const mayRead = can("journal.read");
  const journal = useQuery({ ...journalQuery, enabled: mayRead });
  const alerts = useQuery(alertsQuery);
  const isOpen = useStore(connection, (state) => state.status === "open");
  const [heard, setHeard] = useState<Line[]>([]);
  useLive(
    "health.changed",
    (events) => setHeard((old) => [...events.flatMap(ofHealth).reverse(), ...old].slice(0, KEPT)),
    can("operations.read"),
  );
  const lines = activity(journal.data?.items ?? [], alerts.data?.items ?? [], heard);
  return (
    <Panel
      title="Activity"
      actions={
        <span className="text-xs">
          <Status tone={isOpen ? "ok" : "warn"}>{isOpen ? "Live" : "Not live"}</Status>
        </span>
      }
      bodyClass="relative min-h-[180px]"
    >
      <div
        tabIndex={0}
        role="region"
        aria-label="Activity"
        className="inset-0 max-h-72 overflow-y-auto focus-visible:outline-offset-[-2px] lg:absolute lg:max-h-none"
      >
        {journal.isLoading && <SkeletonRows rows={5} />}
        {journal.error && !journal.data && <Failure error={journal.error} what="The journal" />}
        {!mayRead && lines.length === 0 && <Denied what="The journal" />}
        {mayRead && journal.data && lines.length === 0 && <Empty title="Nothing happened yet" />}
        <ol className="px-3 py-1.5 text-xs">
          {lines.map((line) => (
            <Item key={line.key} line={line} />
          ))}
        </ol>
      </div>
    </Panel>
  );
}

function Item({ line }: { line: Line }) {
  const isToday = new Date(line.at).toDateString() === new Date(now()).toDateString();
  return (
    <li className="flex items-start gap-2.5 pointer-coarse:min-h-11 pointer-coarse:items-center">
      <time dateTime={line.at} title={ago(line.at)} className="num w-14 shrink-0 py-1 text-ink-3">
        {isToday ? clock(line.at) : day(line.at)}
      </time>
      <Shape tone={line.tone} className="mt-[9px] !size-1.5 pointer-coarse:mt-0" />
      <AreaLink
        to={line.to ?? ""}
        search={line.search}
        className="block min-w-0 py-1 text-ink-2 [overflow-wrap:anywhere] hover:text-ink hover:underline pointer-coarse:py-3.5"
        otherwise={
          <span className="block min-w-0 py-1 text-ink-2 [overflow-wrap:anywhere]" dir="auto">
            {line.text}
          </span>
        }
      >
        <span dir="auto">{line.text}</span>
      </AreaLink>
    </li>
  );
}
