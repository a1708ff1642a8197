import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { TimeChart } from "@/charts/time-chart";
import { axisMoney, money, timeZone } from "@/lib/format";
import { useEnvironment } from "@/lib/use-environment";
import { useNow } from "@/lib/use-now";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Empty, Loaded, Skeleton, SkeletonRows } from "@/ui/states";
import { askedOf } from "./asked";
import { Controls } from "./controls";
import { chartOf } from "./explore";
import { BUCKET_WORDS, type Bucket, gridOf } from "./grid";
import type { Names } from "./names";
import { Pivot } from "./pivot";
import { type Sum, sumsQuery } from "./queries";
import type { Dimension, SpendingSearch } from "./search";
import { RANGE_WORDS } from "./span";

/** Costs over time and by group. */
export function Explorer(props: {
  search: SpendingSearch;
  change: (search: Partial<SpendingSearch>) => void;
  names: Names;
}) {
  const { search, change, names } = props;
  const [looked] = useEnvironment();
  const now = useNow(60_000);
  const asked = askedOf(search, looked, now);
  const { by, range, span, bucket, filters } = asked;
  const overTime = useQuery(sumsQuery(asked.overTime));
  const inAll = useQuery(sumsQuery(asked.inAll));
  const isNarrowed = search.feature || search.provider || search.model || search.key;
  return (
    <Panel
      title="Cost explorer"
      note={`${RANGE_WORDS[range]}, per ${BUCKET_WORDS[bucket]}, ${timeZone()}`}
    >
      <Controls {...{ search, change, by, bucket, span }} environment={looked} />
      <Loaded
        query={inAll}
        what="Costs"
        skeleton={
          <>
            <Skeleton className="m-3 h-56" />
            <SkeletonRows rows={4} />
          </>
        }
      >
        {({ items }) =>
          items.length === 0 ? (
            <Empty
              title={isNarrowed ? "Nothing was spent on these" : "Nothing was spent in this time"}
              action={
                isNarrowed || !search.all ? (
                  <Button
                    onClick={() =>
                      change({
                        feature: undefined,
                        provider: undefined,
                        model: undefined,
                        key: undefined,
                        all: true,
                      })
                    }
                  >
                    Show all costs
                  </Button>
                ) : undefined
              }
            >
              Costs appear here as soon as calls are made.
            </Empty>
          ) : (
            <>
              <Loaded query={overTime} what="Costs" skeleton={<Skeleton className="m-3 h-56" />}>
                {(sums) => (
                  <CostChart
                    sums={sums.items}
                    span={span}
                    bucket={bucket}
                    by={by[0]}
                    names={names}
                  />
                )}
              </Loaded>
              <Pivot sums={items} by={by} names={names} counted={{ span, filters }} />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

export function CostChart(props: {
  sums: Sum[];
  span: { from: number; to: number };
  bucket: Bucket;
  by?: Dimension;
  names: Names;
  height?: number;
}) {
  const { sums, bucket, by, names } = props;
  const { from, to } = props.span;
  const grid = useMemo(() => gridOf({ from, to }, bucket), [from, to, bucket]);
  const chart = chartOf(sums, grid.starts, by, names);
  const currency = sums[0]?.cost.currency ?? "USD";
  const written = (value: number) => money({ amount: String(value), currency });
  return (
    <TimeChart
      title={by ? `Cost by ${by}` : "Cost"}
      unit={currency}
      bucket={BUCKET_WORDS[bucket]}
      points={chart.points}
      series={chart.series}
      barsUntil={grid.end}
      height={props.height}
      format={written}
      shortFormat={axisMoney(currency)}
    />
  );
}
