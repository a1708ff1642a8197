import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Schemas } from "@/api/client";
import { featuresQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { type Point, TimeChart } from "@/charts/time-chart";
import { count, money, percent } from "@/lib/format";
import { Facts } from "@/ui/panel";
import { Loaded, Skeleton } from "@/ui/states";
import { spanOf, useByDayQuery, useByFeatureQuery } from "./queries";

type Sum = Schemas["Sum"];

/** What a key was used for in the last thirty days. */
export default function Use({ of }: { of: Schemas["Key"] }) {
  const days = useQuery(useByDayQuery(of.id));
  const parts = useQuery(useByFeatureQuery(of.id));
  const can = useCan();
  const features = useQuery({ ...featuresQuery, enabled: can("features.read") });
  const names = useMemo(
    () => new Map((features.data ?? []).map((feature) => [feature.id, feature.name])),
    [features.data],
  );
  return (
    <section className="grid gap-2">
      <h2 className="flex items-baseline gap-2 text-sm font-semibold">
        Use <span className="text-xs font-normal text-ink-3">last 30 days</span>
        <Link
          to="/requests"
          search={{ key: of.name }}
          className="ml-auto text-xs font-normal text-accent hover:underline"
        >
          Requests
        </Link>
      </h2>
      <Loaded query={days} what="Its use" skeleton={<Skeleton className="h-40" />}>
        {({ items }) => <ByDay sums={items} />}
      </Loaded>
      <Loaded query={parts} what="What it called" skeleton={<Skeleton className="h-16" />}>
        {({ items }) => <ByPart sums={items} names={names} />}
      </Loaded>
    </section>
  );
}

function ByDay({ sums }: { sums: Sum[] }) {
  const points = useMemo(() => pointsOf(sums, spanOf().days), [sums]);
  if (sums.length === 0)
    return <p className="text-sm text-ink-3">It was not called in this time.</p>;
  return (
    <div className="panel pb-1">
      <TimeChart
        title="Calls with this key"
        unit="calls"
        bucket="1 d"
        height={120}
        points={points}
        barsUntil={new Date(spanOf().to).getTime()}
        series={[
          { key: "good", label: "Answered", color: "var(--c1)" },
          { key: "bad", label: "Failed or blocked", color: "var(--c3)" },
        ]}
        isStacked
      />
    </div>
  );
}

/** Calls by day; a day without any is a zero. */
export function pointsOf(sums: Sum[], days: Date[]): Point[] {
  const byDay = new Map(sums.map((sum) => [new Date(sum.bucket).toDateString(), sum]));
  return days.map((day) => {
    const sum = byDay.get(day.toDateString());
    const good = (sum?.calls_by_status as { success?: number } | undefined)?.success ?? 0;
    return { at: day.getTime(), values: { good, bad: (sum?.calls ?? 0) - good } };
  });
}

function ByPart({ sums, names }: { sums: Sum[]; names: Map<string, string> }) {
  const all = sums.reduce((calls, sum) => calls + sum.calls, 0);
  const rows = sums.toSorted((one, other) => other.calls - one.calls).slice(0, 8);
  return (
    <Facts
      rows={rows.map((sum) => {
        const { feature, model } = sum.group as { feature?: string; model?: string };
        const name = feature
          ? (names.get(feature) ?? feature)
          : model
            ? "No feature"
            : "Not routed";
        return [
          <span key="name" className="grid">
            <span dir="auto" className="max-w-52 truncate text-ink-2" title={name}>
              {name}
            </span>
            {model && <span className="max-w-52 truncate font-mono text-xs">{model}</span>}
          </span>,
          <span key="sum" className="grid">
            <span>{money(sum.cost)}</span>
            <span className="text-xs text-ink-3">
              {count(sum.calls)} calls, {percent(sum.calls / all, 0)}
            </span>
          </span>,
        ] as const;
      })}
    />
  );
}
