import { useQuery } from "@tanstack/react-query";
import { budgetsQuery, featuresQuery } from "@/api/every-page";
import { useCan, useMe } from "@/api/session";
import { Meter } from "@/charts/bars";
import { amountOf, day, money, month, percent } from "@/lib/format";
import { Facts, Panel } from "@/ui/panel";
import { Empty, Loaded, Skeleton, SkeletonRows } from "@/ui/states";
import { AreaLink } from "./area-link";
import { monthBudget, shareWords } from "./budget";
import { monthsQuery, type Sum } from "./queries";
import { isSame, spanOf } from "./search";
import { type Share, sharesOf } from "./weeks";

/** What was spent this month, and how much of the budget for everything that is. */
export function MonthPanel({ now }: { now: number }) {
  const { organization } = useMe();
  const months = useQuery(monthsQuery(spanOf("30d", now)));
  const budgets = useQuery(budgetsQuery);
  const budget = monthBudget(budgets.data ?? []);
  const ofMonth = thisMonth(months.data?.items ?? [], organization.time_zone, now)[0];
  return (
    <Panel title="Month against budget" note={month(now)} bodyClass="p-3">
      <Loaded query={budgets} what="Budgets" skeleton={<Skeleton className="h-40" />}>
        {() =>
          budget ? (
            <div className="grid gap-3">
              <p className="num text-2xl font-semibold tracking-[-0.022em]">
                {shareWords(budget.share)}
                <span className="ml-1.5 text-xs font-normal tracking-normal text-ink-3">
                  of {money(budget.of.budget_amount)}
                </span>
              </p>
              <Meter
                label={`Spent of ${budget.of.name}`}
                share={budget.share}
                held={amountOf(budget.of.held) / amountOf(budget.of.budget_amount)}
                tone={budget.share >= 1 ? "bad" : budget.share >= 0.8 ? "warn" : "ok"}
              />
              <Facts
                rows={[
                  [
                    "Budget",
                    <AreaLink
                      key="budget"
                      to="/spending"
                      search={{ sel: budget.of.id }}
                      otherwise={budget.of.name}
                    >
                      {budget.of.name}
                    </AreaLink>,
                  ],
                  ["Spent", money(budget.of.spent)],
                  ["Held for open calls", money(budget.of.held)],
                  ["Available", money(budget.of.available)],
                  ["Until", day(budget.of.period_end)],
                ]}
              />
            </div>
          ) : (
            <div className="grid gap-3">
              <Facts rows={[["Spent", ofMonth ? money(ofMonth.cost) : money(NOTHING)]]} />
              <p className="text-xs text-ink-3">
                No monthly budget counts the whole organization.{" "}
                <AreaLink to="/spending" search={{ new: true }} permission="budgets.write">
                  Set a budget
                </AreaLink>
              </p>
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}

const NOTHING = { amount: "0", currency: "USD" };
const SHOWN = 8;

/** Where the month's money went. */
export function SharesPanel({ now }: { now: number }) {
  const { organization } = useMe();
  const mayRead = useCan()("features.read");
  const months = useQuery(monthsQuery(spanOf("30d", now), "feature"));
  const features = useQuery({ ...featuresQuery, enabled: mayRead });
  return (
    <Panel title="Spend by feature" note={month(now)}>
      <Loaded query={months} what="Spending" skeleton={<SkeletonRows rows={5} />}>
        {({ items }) => {
          const sums = thisMonth(items, organization.time_zone, now);
          const shares = sharesOf(sums, features.data ?? []);
          return shares.length === 0 ? (
            <Empty title="Nothing was spent this month" />
          ) : (
            <ul className="grid gap-3 p-3">
              {shares.slice(0, SHOWN).map((share) => (
                <ShareRow key={share.name} share={share} />
              ))}
              {shares.length > SHOWN && (
                <li className="text-xs">
                  <AreaLink to="/spending">{shares.length - SHOWN} more features</AreaLink>
                </li>
              )}
            </ul>
          );
        }}
      </Loaded>
    </Panel>
  );
}

const ShareRow = ({ share }: { share: Share }) => (
  <li className="grid gap-1">
    <span className="flex items-baseline justify-between gap-3 text-sm">
      <span className="min-w-0 truncate" title={share.name} dir="auto">
        {share.isFeature ? (
          <AreaLink
            to="/spending"
            search={{ feature: share.name }}
            className="hover:underline"
            otherwise={share.name}
          >
            {share.name}
          </AreaLink>
        ) : (
          <span className="text-ink-3">{share.name}</span>
        )}
      </span>
      <span className="num shrink-0">
        {money(share.cost)} <span className="text-xs text-ink-3">{percent(share.share, 0)}</span>
      </span>
    </span>
    <span aria-hidden className="h-1.5 overflow-hidden rounded-full bg-hover">
      <span
        className="block h-full rounded-full bg-accent-solid"
        style={{ width: `${share.share * 100}%` }}
      />
    </span>
  </li>
);

const thisMonth = (items: Sum[], zone: string, now: number) =>
  items.filter((sum) => isSame("month", zone, sum.bucket, now));
