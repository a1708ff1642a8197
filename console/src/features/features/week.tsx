import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Sparkline } from "@/charts/sparkline";
import type { Environment } from "@/lib/environment";
import { amountOf, count, duration, money, NONE, percent, words } from "@/lib/format";
import { callsWith, successOf } from "@/lib/sums";
import { Failure, Skeleton } from "@/ui/states";
import { daysQuery, lastWeek, type Sum, weekQuery } from "./queries";

/** How the feature was used in the last seven days. */
export function Week(props: { feature: string; environment: Environment }) {
  const { feature, environment } = props;
  const whole = useQuery(weekQuery(feature, environment));
  const days = useQuery(daysQuery(feature, environment));
  const sum = whole.data?.items[0];
  if (whole.isPending) return <Skeleton className="h-[122px]" />;
  if (whole.error) return <Failure error={whole.error} what="Its use" onRetry={whole.refetch} />;
  const course = (value: (day: Sum) => number) => perDay(days.data?.items ?? [], value);
  return (
    <section aria-label={`Use in ${words(environment)} in the last seven days`} className="panel">
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-[7px] bg-line [&>div]:bg-surface">
        <Figure
          label="Calls, 7 days"
          value={count(sum?.calls ?? 0)}
          note={sum && failures(sum)}
          chart={<Sparkline values={course((day) => day.calls)} width={56} />}
        />
        <Figure
          label="Cost, 7 days"
          value={money(sum?.cost ?? null)}
          note={
            sum && sum.unpriced_attempts > 0
              ? `${count(sum.unpriced_attempts)} without a price`
              : undefined
          }
          chart={
            <Sparkline values={course((day) => amountOf(day.cost))} color="var(--c3)" width={56} />
          }
        />
        <Figure label="Success" value={sum ? percent(successOf(sum)) : NONE} />
        <Figure label="p95" value={duration(sum?.latency_ms?.p95)} />
      </dl>
    </section>
  );
}

function Figure(props: { label: string; value: string; note?: string; chart?: ReactNode }) {
  return (
    <div className="min-w-0 px-3 py-2">
      <dt className="text-xs text-ink-3">{props.label}</dt>
      <dd className="flex items-end justify-between gap-2">
        <span className="num truncate text-xl font-semibold tracking-[-0.02em]">{props.value}</span>
        {props.chart}
      </dd>
      {props.note && <dd className="num truncate text-xs text-ink-3">{props.note}</dd>}
    </div>
  );
}

/** `2 failed, 8 blocked`; nothing where all went well. */
export function failures(sum: Sum): string {
  const blocked = callsWith(sum, "blocked");
  const failed = sum.calls - callsWith(sum, "success") - blocked;
  return [failed && `${count(failed)} failed`, blocked && `${count(blocked)} blocked`]
    .filter(Boolean)
    .join(", ");
}

const DAY = 86_400_000;

/** A figure of each day from the first to the last of the week; days without a call have none. */
export function perDay(days: Sum[], value: (day: Sum) => number, week = lastWeek()): number[] {
  const dayOf = (at: string) => Math.floor(Date.parse(at) / DAY);
  const found = new Map(days.map((day) => [dayOf(day.bucket), value(day)]));
  const first = dayOf(week.from);
  const length = dayOf(week.to) - first + 1;
  return Array.from({ length }, (_, index) => found.get(first + index) ?? 0);
}
