import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { providersQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { TimeChart } from "@/charts/time-chart";
import { duration, words } from "@/lib/format";
import { Panel } from "@/ui/panel";
import { Empty, Loaded, Skeleton } from "@/ui/states";
import { byProvider, course } from "./figures";
import { byProviderQuery, courseQuery } from "./queries";
import { RANGE_WORDS } from "./search";
import type { Shown } from "./shown";

/** How many calls each provider served. */
export function CallsPanel({ span, range, environment }: Shown) {
  const sums = useQuery(byProviderQuery(span, environment));
  const providers = useQuery({ ...providersQuery, enabled: useCan()("models.read") });
  const { series, points } = useMemo(
    () => byProvider(sums.data?.items ?? [], span.slots, providers.data ?? []),
    [sums.data, span.slots, providers.data],
  );
  return (
    <Panel title="Requests by provider" note={`per ${span.bucketWords}`}>
      <Loaded query={sums} what="Requests" skeleton={<Skeleton className="m-3 h-[228px]" />}>
        {() =>
          series.length === 0 ? (
            <NoCalls range={RANGE_WORDS[range]} environment={environment} />
          ) : (
            <TimeChart
              title={`Requests by provider, last ${RANGE_WORDS[range]}`}
              unit="requests"
              bucket={span.bucketWords}
              points={points}
              series={series}
              isStacked
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

const LATENCIES = [
  { key: "p50", label: "p50", color: "var(--c1)" },
  { key: "p95", label: "p95", color: "var(--c5)", isDashed: true },
];

/** How long calls that succeeded took. */
export function LatencyPanel({ span, range, environment }: Shown) {
  const sums = useQuery(courseQuery(span, environment));
  const items = sums.data?.items;
  const points = useMemo(() => {
    const latencies = course(items ?? [], span.slots, (sum) => sum.latency_ms);
    return span.slots.map((at, index) => ({
      at,
      values: { p50: latencies[index]?.p50 ?? null, p95: latencies[index]?.p95 ?? null },
    }));
  }, [items, span.slots]);
  return (
    <Panel title="Latency" note={`calls that succeeded, per ${span.bucketWords}`}>
      <Loaded query={sums} what="Latency" skeleton={<Skeleton className="m-3 h-[148px]" />}>
        {() =>
          items && items.length > 0 && points.every((point) => point.values.p50 === null) ? (
            <Empty title="How long these calls took is not known" />
          ) : items?.length === 0 ? (
            <NoCalls range={RANGE_WORDS[range]} environment={environment} />
          ) : (
            <TimeChart
              title={`Latency, last ${RANGE_WORDS[range]}`}
              unit="milliseconds"
              bucket={span.bucketWords}
              points={points}
              series={LATENCIES}
              height={160}
              format={duration}
              shortFormat={duration}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

const NoCalls = ({ range, environment }: { range: string; environment: string }) => (
  <Empty title={`No calls in ${words(environment)} in the last ${range}`}>
    Another time range or environment may have some.
  </Empty>
);
