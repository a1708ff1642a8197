import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useMemo } from "react";
import { assignmentsQuery, featuresQuery } from "@/api/every-page";
import { useCan, useMe } from "@/api/session";
import { Sparkline } from "@/charts/sparkline";
import { cx } from "@/lib/cx";
import { count, duration, money, NONE, percent, words } from "@/lib/format";
import type { Column } from "@/tables/column";
import { DataTable } from "@/tables/data-table";
import { Panel } from "@/ui/panel";
import { Denied, Empty, Loaded } from "@/ui/states";
import { Status, type Tone } from "@/ui/status";
import { AreaLink } from "./area-link";
import { type FeatureRow, featureRows } from "./feature-rows";
import { byFeatureQuery, featureCourseQuery, featureDaysQuery } from "./queries";
import { RANGE_WORDS, spanOf } from "./search";
import type { Shown } from "./shown";

/** The busiest are enough here; the page of features has them all. */
const SHOWN = 10;

/** The features, what serves them, and how they do. */
export function FeatureTable({ span, range, environment, now }: Shown) {
  const mayRead = useCan()("features.read");
  const { organization } = useMe();
  const features = useQuery({ ...featuresQuery, enabled: mayRead });
  const last = useMemo(() => spanOf("24h", now), [now]);
  const sums = useQuery(byFeatureQuery(span, environment));
  const assignments = useQuery({ ...assignmentsQuery(environment), enabled: mayRead });
  const day = useQuery(featureCourseQuery(last, environment));
  const days = useQuery(featureDaysQuery(last, environment));
  const rows = useMemo(
    () =>
      featureRows({
        features: features.data ?? [],
        assignments: assignments.data,
        sums: sums.data?.items ?? [],
        day: day.data?.items ?? [],
        days: days.data?.items ?? [],
        slots: last.slots,
        zone: organization.time_zone,
        now,
      }),
    [
      features.data,
      assignments.data,
      sums.data,
      day.data,
      days.data,
      last,
      organization.time_zone,
      now,
    ],
  );
  if (!mayRead) return <Denied what="Features" />;
  const isCut = rows.length > SHOWN;
  return (
    <Panel
      title="AI features"
      note={`${words(environment)}, success and p95 of the last ${RANGE_WORDS[range]}`}
      actions={
        <AreaLink
          to="/features"
          className="inline-flex h-7 items-center rounded px-1.5 text-xs text-accent hover:underline pointer-coarse:h-11"
        >
          {isCut ? `${SHOWN} of ${count(rows.length)}, all features` : "All features"}
          <ChevronRight aria-hidden className="size-3.5" />
        </AreaLink>
      }
    >
      <Loaded query={features} what="Features">
        {() => (
          <DataTable
            label="AI features"
            rows={rows.slice(0, SHOWN)}
            rowKey={(row) => row.feature.id}
            columns={COLUMNS}
            phoneRow={(row) => <PhoneRow row={row} />}
            empty={
              <Empty
                title="No feature yet"
                action={
                  <AreaLink to="/features" search={{ new: true }} permission="features.write">
                    Add a feature
                  </AreaLink>
                }
              />
            }
          />
        )}
      </Loaded>
    </Panel>
  );
}

/** Below this share of successes somebody should look. */
const LOW = 0.98;

const COLUMNS: Column<FeatureRow>[] = [
  {
    key: "feature",
    head: "Feature",
    width: "1fr",
    priority: 1,
    cell: (row) => <Name row={row} />,
    order: (row) => row.feature.name,
  },
  {
    key: "state",
    head: "State",
    width: "110px",
    priority: 2,
    cell: (row) => <State row={row} />,
    order: (row) => row.feature.status,
  },
  {
    key: "model",
    head: "Model",
    width: "1fr",
    priority: 2,
    cell: (row) => <ModelOf assigned={row.assigned} />,
  },
  {
    key: "rate",
    head: "Req/min",
    width: "84px",
    isRight: true,
    priority: 2,
    cell: (row) => rateWords(row.perMinute),
    order: (row) => row.perMinute,
  },
  {
    key: "p95",
    head: "p95",
    width: "84px",
    isRight: true,
    priority: 1,
    cell: (row) => <span className="whitespace-nowrap">{duration(row.p95)}</span>,
    order: (row) => row.p95 ?? -1,
  },
  {
    key: "success",
    head: "Success",
    width: "84px",
    isRight: true,
    priority: 1,
    cell: (row) => <Success share={row.success} />,
    order: (row) => (Number.isFinite(row.success) ? row.success : 2),
  },
  {
    key: "today",
    head: "Cost today",
    width: "104px",
    isRight: true,
    priority: 1,
    cell: (row) => money(row.today),
    order: (row) => Number(row.today?.amount ?? -1),
  },
  {
    key: "course",
    head: "24 h",
    width: "120px",
    priority: 3,
    cell: (row) =>
      row.course.some((value) => value > 0) && (
        <Sparkline values={row.course} color="var(--ink-3)" width={96} height={20} />
      ),
  },
];

const Name = ({ row }: { row: FeatureRow }) => (
  <AreaLink
    to="/features"
    search={{ sel: row.feature.name }}
    className="font-medium [overflow-wrap:anywhere] hover:underline"
    otherwise={<span className="font-medium [overflow-wrap:anywhere]">{row.feature.name}</span>}
  >
    {row.feature.name}
  </AreaLink>
);

const TONE: Record<FeatureRow["feature"]["status"], Tone> = {
  active: "ok",
  maintenance: "warn",
  inactive: "mute",
};
const State = ({ row }: { row: FeatureRow }) => (
  <Status tone={TONE[row.feature.status]}>{words(row.feature.status)}</Status>
);

/** The model that is tried first, and what comes after it. */
function ModelOf({ assigned }: { assigned: FeatureRow["assigned"] }) {
  if (!assigned) return <span className="text-ink-3">{assigned === null ? "None" : ""}</span>;
  const [first, ...others] = [...assigned.models.map((one) => one.model), ...assigned.fallbacks];
  return (
    <span
      className="block max-w-80 truncate font-mono text-xs"
      title={[first, ...others].join(", then ")}
    >
      {first}
      {others.length > 0 && (
        <span className="text-ink-3">
          {" "}
          {assigned.models.length > 1 ? "with" : "then"} {others[0]}
          {others.length > 1 && ` +${others.length - 1}`}
        </span>
      )}
    </span>
  );
}

const Success = ({ share }: { share: number }) => (
  <span className={cx(share < LOW && "font-medium text-warn")}>
    {percent(share, share === 1 ? 0 : 2)}
  </span>
);

const rateWords = (rate: number) =>
  rate === 0 ? NONE : rate >= 10 ? count(rate) : rate.toFixed(rate >= 0.995 ? 1 : 2);

const PhoneRow = ({ row }: { row: FeatureRow }) => (
  <div className="grid gap-0.5">
    <div className="flex min-h-6 items-center justify-between gap-3">
      <Name row={row} />
      <span className="num shrink-0">{money(row.today)}</span>
    </div>
    <div className="flex items-center justify-between gap-3 text-xs text-ink-3">
      <span className="flex min-w-0 items-center gap-2">
        <State row={row} />
        <ModelOf assigned={row.assigned} />
      </span>
      <span className="num shrink-0">
        <Success share={row.success} /> · {duration(row.p95)}
      </span>
    </div>
  </div>
);
