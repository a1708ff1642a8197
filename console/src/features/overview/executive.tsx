import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { TimeChart } from "@/charts/time-chart";
import { amountOf, axisMoney, compact, count, day, money, NONE, percent } from "@/lib/format";
import type { Column } from "@/tables/column";
import { DataTable } from "@/tables/data-table";
import { Panel } from "@/ui/panel";
import { Delta, Stat } from "@/ui/stat";
import { Empty, Loaded, Skeleton } from "@/ui/states";
import { Tag } from "@/ui/status";
import { MonthPanel, SharesPanel } from "./executive-month";
import { changeOf } from "./figures";
import { weeksFrom, weeksQuery } from "./queries";
import { spanOf } from "./search";
import { type Week, weekEnd, weeksOf } from "./weeks";

/** Weeks and the month in place of hours, for all environments. */
export default function Executive({ now }: { now: number }) {
  const month = spanOf("30d", now);
  const query = useQuery(weeksQuery(month));
  const from = weeksFrom(month);
  const weeks = useMemo(() => weeksOf(query.data?.items ?? [], from, now), [query.data, from, now]);
  return (
    <>
      <LastWeek weeks={weeks} />
      <div className="grid gap-3 lg:grid-cols-[minmax(0,1fr)_340px] xl:grid-cols-[minmax(0,1fr)_360px]">
        <Panel title="Cost per week" note="all environments">
          <Loaded query={query} what="Weeks" skeleton={<Skeleton className="m-3 h-[228px]" />}>
            {() => <CostChart weeks={weeks} />}
          </Loaded>
        </Panel>
        <MonthPanel now={now} />
        <Panel title="Weeks" note="from Monday, the youngest first">
          <Loaded query={query} what="Weeks">
            {() => (
              <DataTable
                label="Weeks"
                rows={weeks}
                rowKey={(week) => String(week.at)}
                columns={COLUMNS}
                phoneRow={(week) => <PhoneRow week={week} />}
                empty={<Empty title="No week with calls yet" />}
              />
            )}
          </Loaded>
        </Panel>
        <SharesPanel now={now} />
      </div>
    </>
  );
}

/** The last week that is over, beside the one before it. */
function LastWeek({ weeks }: { weeks: Week[] }) {
  const over = weeks.filter((week) => !week.isOpen);
  const week = over[0] ?? weeks[0];
  const old = over[1];
  if (!week) return null;
  const name = week.isOpen ? "so far" : `from ${day(week.at)}`;
  const versus = (now: number, then: number | undefined, goodWhen: "up" | "down") => {
    const change = week.isOpen ? Number.NaN : changeOf(now, then);
    return Number.isFinite(change) ? (
      <>
        <Delta share={change} goodWhen={goodWhen} /> vs week before
      </>
    ) : (
      !week.isOpen && "No calls the week before"
    );
  };
  return (
    <section aria-label="Week" className="panel">
      <h2 className="border-b border-line px-3.5 py-2 text-sm font-semibold">
        {week.isOpen ? "This week" : "Last full week"}{" "}
        <span className="text-xs font-normal text-ink-3">{name}</span>
      </h2>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-b-[7px] bg-line md:grid-cols-4 [&>div]:bg-surface">
        <Stat
          label="Cost"
          value={money(week.sum.cost)}
          note={versus(amountOf(week.sum.cost), old && amountOf(old.sum.cost), "down")}
        />
        <Stat
          label="Calls"
          value={compact(week.sum.calls)}
          note={versus(week.sum.calls, old?.sum.calls, "up")}
        />
        <Stat
          label="Cost per call"
          value={money(week.perCall)}
          note={versus(amountOf(week.perCall), old && amountOf(old.perCall), "down")}
        />
        <Stat
          label="Success rate"
          value={Number.isFinite(week.success) ? percent(week.success, 2) : NONE}
          note={versus(week.success, old?.success, "up")}
        />
      </dl>
    </section>
  );
}

const SERIES = [{ key: "cost", label: "Cost", color: "var(--c1)" }];

function CostChart({ weeks }: { weeks: Week[] }) {
  const currency = weeks[0]?.sum.cost.currency ?? "USD";
  const points = useMemo(
    () =>
      weeks
        .map((week) => ({ at: week.at, values: { cost: amountOf(week.sum.cost) } }))
        .toReversed(),
    [weeks],
  );
  const format = (value: number) => money({ amount: String(value), currency });
  if (points.length < 2)
    return (
      <Empty title="A course takes two weeks">
        It stands here once calls were made in a second week.
      </Empty>
    );
  return (
    <TimeChart
      title="Cost per week, all environments"
      unit={currency}
      bucket="week"
      points={points}
      series={SERIES}
      barsUntil={weekEnd(points.at(-1)?.at ?? 0)}
      format={format}
      shortFormat={axisMoney(currency)}
    />
  );
}

const weekName = (week: Week) => (
  <span className="inline-flex items-center gap-2 whitespace-nowrap">
    {day(week.at)}
    {week.isOpen && <Tag tone="info">so far</Tag>}
  </span>
);

const COLUMNS: Column<Week>[] = [
  { key: "week", head: "Week from", width: "1fr", priority: 1, cell: weekName },
  {
    key: "cost",
    head: "Cost",
    width: "120px",
    isRight: true,
    priority: 1,
    cell: (week) => money(week.sum.cost),
  },
  {
    key: "calls",
    head: "Calls",
    width: "110px",
    isRight: true,
    priority: 1,
    cell: (week) => count(week.sum.calls),
  },
  {
    key: "per-call",
    head: "Cost per call",
    width: "120px",
    isRight: true,
    priority: 2,
    cell: (week) => money(week.perCall),
  },
  {
    key: "success",
    head: "Success",
    width: "100px",
    isRight: true,
    priority: 2,
    cell: (week) => percent(week.success, 2),
  },
];

const PhoneRow = ({ week }: { week: Week }) => (
  <div className="grid gap-0.5">
    <div className="flex items-center justify-between gap-3">
      <span className="font-medium">{weekName(week)}</span>
      <span className="num">{money(week.sum.cost)}</span>
    </div>
    <div className="num flex items-center justify-between gap-3 text-xs text-ink-3">
      <span>
        {count(week.sum.calls)} calls, {money(week.perCall)} each
      </span>
      <span>{percent(week.success, 2)}</span>
    </div>
  </div>
);
