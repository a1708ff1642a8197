import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ago, moment, money } from "@/lib/format";
import { useNow } from "@/lib/use-now";
import { Button } from "@/ui/button";
import { Loaded, SkeletonRows } from "@/ui/states";
import { Shape } from "@/ui/status";
import { percentOf } from "./amount";
import { type Alert, alertsQuery } from "./queries";

/** What people were told about spending, the youngest first. */
export function Alerts({ budget, onBudget }: { budget?: string; onBudget?: (id: string) => void }) {
  const alerts = useInfiniteQuery(alertsQuery(budget));
  const rows = alerts.data?.pages.flatMap((page) => page.items);
  return (
    <Loaded
      query={{ ...alerts, data: rows }}
      what="Alerts"
      skeleton={<SkeletonRows rows={3} className="h-12" />}
    >
      {(items) =>
        items.length === 0 ? (
          <p className="p-3 text-sm text-ink-3">
            {budget
              ? "None went out for this budget."
              : "None yet. Reached thresholds stand here, and calls that cost more than was held for them."}
          </p>
        ) : (
          <>
            <ul className="divide-y divide-line">
              {items.map((alert) => (
                <AlertRow key={alert.id} alert={alert} onBudget={onBudget} isOfOne={!!budget} />
              ))}
            </ul>
            {alerts.hasNextPage && (
              <div className="border-t border-line p-2 text-center">
                <Button
                  variant="ghost"
                  disabled={alerts.isFetchingNextPage}
                  onClick={() => void alerts.fetchNextPage()}
                >
                  Show older alerts
                </Button>
              </div>
            )}
          </>
        )
      }
    </Loaded>
  );
}

function AlertRow(props: { alert: Alert; isOfOne: boolean; onBudget?: (id: string) => void }) {
  const { alert } = props;
  const now = useNow(30_000);
  const isPassed = alert.kind === "overrun" || Number(alert.threshold ?? 0) >= 1;
  return (
    <li className="flex items-start gap-2.5 px-3 py-2">
      <Shape tone={isPassed ? "bad" : "warn"} className="mt-1.5" />
      <div className="min-w-0 flex-1 text-sm">
        <p className="[overflow-wrap:anywhere]">
          {alert.kind === "overrun" ? (
            <>
              A call cost {money(alert.cost)}, more than the {money(alert.held)} held for it
            </>
          ) : (
            <>
              {props.isOfOne ? "It" : <span dir="auto">{alert.budget_name ?? "A budget"}</span>}{" "}
              reached{" "}
              {alert.threshold ? `${percentOf(alert.threshold)}%` : money(alert.threshold_amount)}
            </>
          )}
        </p>
        <p className="num text-xs text-ink-3">
          {alert.kind === "threshold" && `${money(alert.spent)} spent · `}
          <time dateTime={alert.at} title={moment(alert.at)}>
            {ago(alert.at, now)}
          </time>
        </p>
      </div>
      {alert.kind === "overrun" ? (
        <Link
          to="/requests"
          search={{ sel: alert.call_id ?? undefined }}
          className="text-xs text-accent hover:underline"
        >
          Open
        </Link>
      ) : (
        props.onBudget && (
          <Button
            variant="ghost"
            className="-my-1 text-accent!"
            onClick={() => props.onBudget?.(alert.budget)}
          >
            Review
          </Button>
        )
      )}
    </li>
  );
}
