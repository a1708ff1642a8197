import { useQuery } from "@tanstack/react-query";
import { assignmentsQuery, budgetsQuery, featuresQuery } from "@/api/every-page";
import { healthQuery } from "@/api/operations";
import { ApiError, describe } from "@/api/problem";
import { useCan } from "@/api/session";
import { plural } from "@/lib/format";
import { Panel } from "@/ui/panel";
import { Empty, SkeletonRows } from "@/ui/states";
import { Shape } from "@/ui/status";
import { AreaLink } from "./area-link";
import { attention, type Item } from "./attention";
import { useLiveFigures } from "./live-figures";
import { byModelQuery } from "./queries";
import type { Shown } from "./shown";

const SPOKEN = { bad: "Critical", warn: "Warning", info: "Note" };

/** What somebody should look at, and where. */
export function AttentionPanel({ span, environment, now }: Shown) {
  const can = useCan();
  const live = useLiveFigures();
  const health = useQuery({ ...healthQuery, enabled: can("operations.read") });
  const features = useQuery({ ...featuresQuery, enabled: can("features.read") });
  const budgets = useQuery(budgetsQuery);
  const models = useQuery(byModelQuery(span, environment));
  const assignments = useQuery({ ...assignmentsQuery(environment), enabled: can("features.read") });
  const asked = [live, health, features, assignments, budgets, models];
  const failed = asked.find((query) => query.error && query.data === undefined);
  const isReading = asked.some((query) => query.isLoading);
  const items = attention({
    providers: live.data?.providers,
    checks: health.data?.checks,
    budgets: budgets.data,
    features: features.data,
    assigned: assignments.data?.map((one) => one.feature),
    models: models.data?.items,
    environment,
    now,
  });
  return (
    <Panel
      title="Needs attention"
      note={!isReading && items.length > 0 && plural(items.length, "item")}
      // A phone shows first what somebody has to do.
      className="max-lg:order-first"
      bodyClass="relative lg:min-h-[180px]"
    >
      <div className="inset-0 overflow-y-auto lg:absolute">
        {isReading ? (
          <SkeletonRows rows={3} className="h-14" />
        ) : (
          <>
            {items.length === 0 && !failed && (
              <Empty title="Nothing needs you">
                Providers, budgets, features, prices and checks are as they should be.
              </Empty>
            )}
            <ul className="divide-y divide-line">
              {items.map((item) => (
                <Row key={`${item.to} ${item.title}`} item={item} />
              ))}
            </ul>
            {failed && <Unread error={failed.error} />}
          </>
        )}
      </div>
    </Panel>
  );
}

function Row({ item }: { item: Item }) {
  const can = useCan();
  return (
    <li className="flex items-start gap-2.5 py-2 pr-1.5 pl-3">
      <Shape tone={item.tone} className="mt-1.5" />
      <div className="min-w-0 flex-1">
        <p className="text-sm leading-[18px] font-medium [overflow-wrap:anywhere]" dir="auto">
          <span className="sr-only">{SPOKEN[item.tone]}: </span>
          {item.title}
        </p>
        <p className="truncate text-xs text-ink-3" title={item.detail} dir="auto">
          {item.detail}
        </p>
      </div>
      <AreaLink
        to={item.to}
        search={item.search}
        className="inline-flex h-7 shrink-0 items-center rounded-md px-2 text-xs font-medium text-accent hover:bg-accent-soft pointer-coarse:h-11"
      >
        {!item.permission || can(item.permission) ? item.act : "Open"}
        <span className="sr-only">: {item.title}</span>
      </AreaLink>
    </li>
  );
}

/** What is missing among these: he may not see it, or it could not be read. */
function Unread({ error }: { error: unknown }) {
  if (error instanceof ApiError && error.status === 403) {
    return <p className="px-3 py-2 text-xs text-ink-3">You may not see all that could be here.</p>;
  }
  return (
    <p role="alert" className="px-3 py-2 text-xs text-warn">
      Some of it could not be read: {describe(error).title}
    </p>
  );
}
