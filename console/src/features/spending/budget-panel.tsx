import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCan } from "@/api/session";
import { write } from "@/api/write";
import { day, duration, exactMoney, money, percent } from "@/lib/format";
import { now } from "@/lib/now";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { Facts } from "@/ui/panel";
import { SidePanel } from "@/ui/side-panel";
import { Loaded, SkeletonRows } from "@/ui/states";
import { Shape } from "@/ui/status";
import { Alerts } from "./alerts";
import { percentOf, shareOf } from "./amount";
import { Used } from "./budgets";
import { CostChart } from "./explorer";
import type { Names } from "./names";
import { BUDGETS, type Budget, budgetQuery, sumsQuery } from "./queries";
import { ACTIONS, filtersOf, periodWord, reached, scopeWords } from "./scope";

/** A budget: where it stands, what holds money of it, and how it came there. */
export function BudgetPanel(props: {
  id: string;
  names: Names;
  onClose: () => void;
  onEdit: () => void;
}) {
  const mayWrite = useCan()("budgets.write");
  const budget = useQuery(budgetQuery(props.id));
  return (
    <SidePanel
      label="Budget"
      title={
        <span dir="auto" className="truncate">
          {budget.data?.name ?? "Budget"}
        </span>
      }
      onClose={props.onClose}
      onEdit={mayWrite && budget.data ? props.onEdit : undefined}
      footer={
        budget.data &&
        mayWrite && (
          <>
            <Button onClick={props.onEdit}>Edit budget</Button>
            <Button onClick={() => remove(budget.data, props.onClose)}>Remove budget</Button>
          </>
        )
      }
    >
      <Loaded query={budget} what="This budget" skeleton={<SkeletonRows rows={6} />}>
        {(found) => <Details budget={found} names={props.names} />}
      </Loaded>
    </SidePanel>
  );
}

function Details({ budget, names }: { budget: Budget; names: Names }) {
  return (
    <div className="grid gap-5">
      <div className="grid gap-2">
        <p className="num text-2xl font-semibold tracking-[-0.022em]">
          {money(budget.spent)}{" "}
          <span className="text-sm font-normal tracking-normal text-ink-2">
            of {money(budget.budget_amount)}
          </span>
        </p>
        <Used budget={budget} />
      </div>
      <Facts
        rows={[
          ["Counts", <bdi key="scope">{scopeWords(budget.scope, names)}</bdi>],
          ["Period", `${periodWord(budget.period_type)}, ${daysOf(budget)}`],
          ["Held by open calls", exactMoney(budget.held)],
          ["Available", exactMoney(budget.available)],
          ["At the limit", ACTIONS[budget.action].word],
        ]}
      />
      <p className="-mt-3 text-xs text-ink-3">{ACTIONS[budget.action].does}</p>
      <Part title="Thresholds">
        <Thresholds budget={budget} />
      </Part>
      <Part title="Cost of what it counts, in this period">
        <PeriodChart budget={budget} names={names} />
      </Part>
      <Part title={`Held now${budget.holds.length > 0 ? ` by ${budget.holds.length}` : ""}`}>
        <Holds budget={budget} />
      </Part>
      <Part title="Alerts">
        <div className="rounded-md border border-line bg-surface">
          <Alerts budget={budget.id} />
        </div>
      </Part>
    </div>
  );
}

/** `Nov 21` or `Nov 1 to Nov 30` */
function daysOf(budget: Budget) {
  const [first, last] = [day(budget.period_start), day(Date.parse(budget.period_end) - 1)];
  return first === last ? first : `${first} to ${last}`;
}

const Part = ({ title, children }: { title: string; children: React.ReactNode }) => (
  <section className="grid gap-1.5">
    <h3 className="text-xs font-medium text-ink-2">{title}</h3>
    {children}
  </section>
);

function Thresholds({ budget }: { budget: Budget }) {
  if (budget.alert_thresholds.length === 0)
    return <p className="text-sm text-ink-3">None: no alert goes out.</p>;
  const passed = reached(budget);
  return (
    <ul className="grid text-sm">
      {budget.alert_thresholds.map((share) => {
        const isReached = passed.includes(share);
        return (
          <li key={share} className="flex min-h-8 items-center gap-2 border-b border-line">
            <Shape tone={isReached ? (Number(share) >= 1 ? "bad" : "warn") : "mute"} />
            <span className="num">{percentOf(share)}%</span>
            <span className="text-ink-3">{isReached ? "reached" : "not reached"}</span>
            <span className="num ml-auto">
              {money({
                amount: String(Number(share) * Number(budget.budget_amount.amount)),
                currency: budget.budget_amount.currency,
              })}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const DAY = 86_400_000;
const QUARTER_HOUR = 900_000;

function PeriodChart({ budget, names }: { budget: Budget; names: Names }) {
  const filters = filtersOf(budget.scope);
  const from = Date.parse(budget.period_start);
  const soon = Math.ceil(now() / QUARTER_HOUR) * QUARTER_HOUR;
  const span = { from, to: Math.min(soon, Date.parse(budget.period_end)) };
  const bucket = span.to - span.from > 4 * DAY ? "1d" : "1h";
  const sums = useQuery({
    ...sumsQuery({ span, bucket, filters }),
    enabled: filters !== undefined,
  });
  if (!filters)
    return (
      <p className="text-sm text-ink-3">
        Sums can’t be narrowed to an application, a user or tags, so there is no course to show.
      </p>
    );
  return (
    <Loaded query={sums} what="The course of this period" skeleton={<SkeletonRows rows={3} />}>
      {({ items }) => (
        <div className="rounded-md border border-line bg-surface pb-1">
          <CostChart sums={items} span={span} bucket={bucket} names={names} height={130} />
          <p className="px-3 pb-1 text-2xs text-ink-3">
            A budget that was made within the period counts from then on.
          </p>
        </div>
      )}
    </Loaded>
  );
}

function Holds({ budget }: { budget: Budget }) {
  if (budget.holds.length === 0)
    return <p className="text-sm text-ink-3">No open call holds money of this budget.</p>;
  return (
    <ul className="grid text-sm">
      {budget.holds.map((hold) => (
        <li key={hold.id} className="flex min-h-8 items-center gap-3 border-b border-line">
          <Link
            to="/requests"
            search={{ sel: hold.call_id }}
            title={hold.call_id}
            className="truncate font-mono text-xs text-accent hover:underline"
          >
            {hold.call_id}
          </Link>
          <span className="num ml-auto shrink-0 text-ink-3">{duration(hold.age_ms)}</span>
          <span className="num shrink-0">{money(hold.amount)}</span>
        </li>
      ))}
    </ul>
  );
}

function remove(budget: Budget, onDone: () => void) {
  const share = percent(shareOf(budget.spent, budget.budget_amount));
  review({
    title: `Remove budget ${budget.name}`,
    verb: "Remove",
    done: `Removed budget ${budget.name}`,
    isDangerous: true,
    note: (
      <p className="text-sm text-ink-2">
        {money(budget.spent)} of {money(budget.budget_amount)} are spent in this period ({share}).
        {budget.action === "notify"
          ? " No more alerts go out for it."
          : " Calls that it limits go on without it."}
      </p>
    ),
    write: write("delete", `${BUDGETS}/{budget}`, { params: { path: { budget: budget.id } } }),
    onDone,
  });
}
