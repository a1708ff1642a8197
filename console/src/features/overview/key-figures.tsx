import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { budgetsQuery } from "@/api/every-page";
import { useCan, useMe } from "@/api/session";
import { Sparkline } from "@/charts/sparkline";
import { compact, count, duration, money, NONE, percent, plural } from "@/lib/format";
import { useStore } from "@/lib/store";
import { callsWith, passed, successOf } from "@/lib/sums";
import { connection } from "@/live/socket";
import { Delta, Stat, Stats } from "@/ui/stat";
import { Failure, Skeleton } from "@/ui/states";
import { monthBudget, shareWords } from "./budget";
import { changeOf, course } from "./figures";
import { useLiveFigures } from "./live-figures";
import { courseQuery, monthsQuery, type Sum, totalBeforeQuery, totalQuery } from "./queries";
import { isSame, RANGE_WORDS, spanOf } from "./search";
import type { Shown } from "./shown";

/** Six figures, what they were before, and how they came here. */
export function KeyFigures({ span, range, environment, now }: Shown) {
  const total = useQuery(totalQuery(span, environment));
  const earlier = useQuery(totalBeforeQuery(span, environment));
  const series = useQuery(courseQuery(span, environment));
  if (total.error && !total.data)
    return (
      <div className="panel">
        <Failure error={total.error} what="The figures" onRetry={() => void total.refetch()} />
      </div>
    );
  if (!total.data) return <KeyFiguresSkeleton />;
  const sum = total.data.items[0];
  const old = earlier.data?.items[0];
  const slots = series.data?.items ?? [];
  const spark = (figure: Parameters<typeof course<number>>[2]) =>
    course(slots, span.slots, figure).map((value) => value ?? 0);
  const versus = (now: number | null | undefined, then: number | null | undefined, good: Good) => {
    const change = changeOf(now, then);
    return Number.isFinite(change) ? (
      <>
        <Delta share={change} goodWhen={good} /> vs {RANGE_WORDS[range]} before
      </>
    ) : (
      `No calls ${RANGE_WORDS[range]} before`
    );
  };
  const [p95, oldP95] = [sum?.latency_ms?.p95, old?.latency_ms?.p95];
  const success = sum ? successOf(sum) : Number.NaN;
  const blocked = sum ? callsWith(sum, "blocked") : 0;
  const cached = (of: typeof sum) => (of && of.calls > 0 ? of.cached_calls / of.calls : undefined);
  return (
    <Stats label="Key figures">
      <Stat
        label="Requests"
        value={compact(sum?.calls ?? 0)}
        note={versus(sum?.calls ?? 0, old?.calls, "up")}
        chart={<Chart values={spark((one) => one.calls)} />}
      />
      <Stat
        label="Success rate"
        value={Number.isFinite(success) ? percent(success, 2).slice(0, -1) : NONE}
        unit={Number.isFinite(success) ? "%" : undefined}
        note={
          blocked > 0
            ? `Without ${plural(blocked, "blocked call")}`
            : sum
              ? versus(success, old && successOf(old), "up")
              : "No calls"
        }
        chart={<Chart values={goodShares(slots)} color="var(--c2)" />}
      />
      <Latency
        p95={p95}
        note={p95 == null ? (sum ? "Not known" : "No calls") : versus(p95, oldP95, "down")}
      >
        <Chart values={spark((one) => one.latency_ms?.p95 ?? 0)} color="var(--c5)" />
      </Latency>
      <MonthSpend now={now} />
      <Stat
        label="Answered from cache"
        value={sum ? percent(cached(sum)!).slice(0, -1) : NONE}
        unit={sum && "%"}
        note={sum ? `${count(sum.cached_calls)} of ${count(sum.calls)} calls` : "No calls"}
        chart={<Chart values={spark((one) => one.cached_calls)} color="var(--c2)" />}
      />
      <InFlight />
    </Stats>
  );
}

type Good = "up" | "down";

const goodShares = (slots: Sum[]) => slots.filter((one) => passed(one) > 0).map(successOf);

function Latency(props: { p95: number | null | undefined; note: ReactNode; children: ReactNode }) {
  const text = duration(props.p95);
  const [, value = text, unit] = /^(.+) (\S+)$/.exec(text) ?? [];
  return (
    <Stat label="p95 latency" value={value} unit={unit} note={props.note} chart={props.children} />
  );
}

/** Where there is a budget for everything it stands beside; it counts all environments, so the figure does, too. */
function MonthSpend({ now }: { now: number }) {
  const { organization } = useMe();
  const months = useQuery(monthsQuery(spanOf("30d", now)));
  const budgets = useQuery(budgetsQuery);
  const month = months.data?.items.findLast((sum) =>
    isSame("month", organization.time_zone, sum.bucket, now),
  );
  const budget = monthBudget(budgets.data ?? []);
  const spent = month?.cost ?? { amount: "0", currency: "USD" };
  return (
    <Stat
      label="Month spend, everywhere"
      value={months.data ? money(spent) : NONE}
      note={
        budget
          ? `${shareWords(budget.share)} of ${money(budget.of.budget_amount)}`
          : budgets.data && "No budget for all of it"
      }
    />
  );
}

function InFlight() {
  const isAllowed = useCan()("operations.read");
  const live = useLiveFigures();
  const isOpen = useStore(connection, (state) => state.status === "open");
  const rates = live.data?.rates;
  return (
    <Stat
      label={
        <>
          In flight, everywhere
          {isOpen && isAllowed && (
            <span className="inline-flex items-center gap-1 text-2xs text-ok">
              <span aria-hidden className="live-dot size-1.5 rounded-full bg-ok" />
              live
            </span>
          )}
        </>
      }
      value={live.data ? count(live.data.in_flight.attempts) : NONE}
      note={
        isAllowed
          ? rates &&
            `${count(rates.answered_per_minute + rates.failed_per_minute)} attempts per min`
          : "Needs operations.read"
      }
    />
  );
}

const Chart = ({ values, color }: { values: number[]; color?: string }) => (
  <span className="hidden sm:block">
    <Sparkline values={values} color={color} width={48} height={22} />
  </span>
);

const KeyFiguresSkeleton = () => (
  <Stats label="Key figures">
    {["a", "b", "c", "d", "e", "f"].map((key) => (
      <div key={key} className="grid gap-2 px-3.5 py-3">
        <Skeleton className="h-3 w-24" />
        <Skeleton className="h-7 w-20" />
        <Skeleton className="h-3 w-28" />
      </div>
    ))}
  </Stats>
);
