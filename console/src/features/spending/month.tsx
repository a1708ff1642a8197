import { useQuery } from "@tanstack/react-query";
import { Meter } from "@/charts/bars";
import { date, day, money, month, NONE, percent } from "@/lib/format";
import { useNow } from "@/lib/use-now";
import { Loaded, Skeleton } from "@/ui/states";
import { shareOf } from "./amount";
import { type Budget, sumsQuery } from "./queries";
import { toneOf } from "./scope";
import { type Span, spanOf } from "./span";

const DAY = 86_400_000;

/** What this month cost, against the organization's monthly budget where there is one. */
export function MonthBar({ budgets }: { budgets: Budget[] }) {
  const budget = monthlyOf(budgets);
  return budget ? <Against budget={budget} /> : <WithoutBudget />;
}

/** The tightest budget that counts everything in a month. */
export const monthlyOf = (budgets: Budget[]) =>
  budgets
    .filter((budget) => budget.period_type === "monthly" && budget.scope.organization)
    .sort((a, b) => Number(a.budget_amount.amount) - Number(b.budget_amount.amount))[0];

function Against({ budget }: { budget: Budget }) {
  const span = { from: Date.parse(budget.period_start), to: Date.parse(budget.period_end) };
  const share = shareOf(budget.spent, budget.budget_amount);
  const sums = useQuery(sumsQuery({ span: { from: span.from, to: span.to } }));
  const whole = sums.data?.items[0]?.cost;
  // A budget that was made within the month does not count what was spent before.
  const isLate = whole !== undefined && Number(whole.amount) > 1.01 * Number(budget.spent.amount);
  return (
    <Frame
      span={span}
      spent={budget.spent}
      whole={isLate ? whole : budget.spent}
      of={`of ${money(budget.budget_amount)}`}
      note={`Budget ${budget.name}`}
      facts={[
        ["Used", percent(share)],
        ["Held by open calls", money(budget.held)],
        ["Available", money(budget.available)],
        ...(isLate ? [["Cost of the whole month", money(whole)] as [string, string]] : []),
      ]}
    >
      <Meter
        label={`${budget.name}: spent of the month's budget`}
        share={share}
        held={shareOf(budget.held, budget.budget_amount)}
        tone={toneOf(budget)}
      />
    </Frame>
  );
}

function WithoutBudget() {
  const now = new Date(useNow(60_000));
  const span = spanOf("month", {}, now.getTime());
  const end = new Date(now.getFullYear(), now.getMonth() + 1).getTime();
  const sums = useQuery(sumsQuery({ span }));
  return (
    <Loaded query={sums} what="This month's cost" skeleton={<MonthSkeleton />}>
      {({ items }) => (
        <Frame
          span={{ from: span.from, to: end }}
          spent={items[0]?.cost ?? NOTHING}
          whole={items[0]?.cost ?? NOTHING}
          of="this month"
          note="No monthly budget counts everything"
          facts={[]}
        />
      )}
    </Loaded>
  );
}

const NOTHING = { amount: "0", currency: "USD" };

function Frame(props: {
  span: Span;
  spent: Budget["spent"];
  /** What the month cost, whoever counted it. */
  whole: Budget["spent"];
  of: string;
  note: string;
  facts: [string, string][];
  children?: React.ReactNode;
}) {
  const { span, spent } = props;
  const now = useNow(60_000);
  const gone = goneOf(span, now);
  const facts = [
    ...props.facts,
    ["Days gone", `${gone.day} of ${gone.days}`],
    ["At the average so far", averageOf(props.whole, span, now)],
  ];
  return (
    <section aria-label="This month" className="panel grid gap-3 px-4 py-3">
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3">
        <div className="min-w-0">
          <h2 className="text-xs text-ink-3">
            {month(span.from + (span.to - span.from) / 2)} · <span dir="auto">{props.note}</span>
          </h2>
          <p className="num text-2xl font-semibold tracking-[-0.022em]">
            {money(spent)}{" "}
            <span className="text-sm font-normal tracking-normal text-ink-2">{props.of}</span>
          </p>
        </div>
        <dl className="num flex flex-wrap gap-x-8 gap-y-2 text-sm">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt className="text-xs text-ink-3">{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      <div className="relative pb-5">
        {props.children ?? <div className="h-1.5 rounded-full bg-hover" />}
        <span
          aria-hidden
          className="absolute -top-1 h-3.5 w-[2px] rounded-full bg-ink-2"
          style={{ left: `${gone.share * 100}%` }}
        />
        <div className="num absolute inset-x-0 bottom-0 flex justify-between text-2xs text-ink-3">
          <span>{day(span.from)}</span>
          <span>
            {percent(gone.share, 0)} of the month is gone, {date(span.to - 1)} is its last day
          </span>
        </div>
      </div>
    </section>
  );
}

/** Which day of how many it is, and what share of the span is over. */
export function goneOf({ from, to }: Span, now: number) {
  const share = Math.min(1, Math.max(0, (now - from) / (to - from)));
  const days = Math.round((to - from) / DAY);
  return { share, days, day: Math.min(days, Math.floor((now - from) / DAY) + 1) };
}

/** What it comes to when every day costs what the days so far did: arithmetic, from the first whole day on. */
export function averageOf(spent: Budget["spent"], { from, to }: Span, now: number): string {
  if (now - from < DAY) return NONE;
  const amount = (Number(spent.amount) * (to - from)) / (now - from);
  return `${money({ amount: String(amount), currency: spent.currency })} by ${day(to - 1)}`;
}

export const MonthSkeleton = () => (
  <div role="status" aria-label="Loading" className="panel grid gap-3 px-4 py-3">
    <Skeleton className="h-3 w-40" />
    <Skeleton className="h-7 w-56" />
    <Skeleton className="mb-5 h-1.5" />
  </div>
);
