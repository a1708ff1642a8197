import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import { useCan } from "@/api/session";
import { words } from "@/lib/format";
import { useEnvironment } from "@/lib/use-environment";
import { useNow } from "@/lib/use-now";
import { buttonClass } from "@/ui/button";
import { Select } from "@/ui/field";
import { Tabs } from "@/ui/filter";
import { PageBody, PageHeader } from "@/ui/page";
import { Denied, Empty, Skeleton } from "@/ui/states";
import { ActivityPanel } from "./activity-panel";
import { AreaLink } from "./area-link";
import { AttentionPanel } from "./attention-panel";
import { CallsPanel, LatencyPanel } from "./courses";
import { FeatureTable } from "./feature-table";
import { KeyFigures } from "./key-figures";
import { monthsQuery } from "./queries";
import { type OverviewSearch, RANGE_WORDS, RANGES, type Range, spanOf } from "./search";

const VIEWS = [
  { value: "operations", label: "Operations" },
  { value: "executive", label: "Executive" },
] as const;

const Executive = lazy(() => import("./executive"));

export function OverviewPage(): ReactNode {
  const search = useSearch({ from: "/" });
  const navigate = useNavigate({ from: "/" });
  const [environment] = useEnvironment();
  const can = useCan();
  const set = (part: OverviewSearch) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const isExecutive = search.view === "executive";
  return (
    <>
      <PageHeader
        title="Overview"
        sub={
          <span className="text-xs text-ink-3 max-sm:hidden">
            {isExecutive ? "All environments" : words(environment)}
          </span>
        }
      >
        {!isExecutive && (
          <Select
            label="Time range"
            value={search.range ?? "24h"}
            onChange={(event) => {
              const range = event.target.value as Range;
              set({ range: range === "24h" ? undefined : range });
            }}
          >
            {RANGES.map((range) => (
              <option key={range} value={range}>
                Last {RANGE_WORDS[range]}
              </option>
            ))}
          </Select>
        )}
        <Tabs
          label="Overview of"
          value={search.view ?? "operations"}
          onChange={(view) => set({ view: view === "executive" ? view : undefined })}
          tabs={VIEWS}
        />
      </PageHeader>
      <PageBody>
        {can("spending.read") ? (
          <Figures range={search.range ?? "24h"} isExecutive={isExecutive} />
        ) : (
          <Denied what="The overview" detail="It takes the right spending.read." />
        )}
      </PageBody>
    </>
  );
}

function Figures({ range, isExecutive }: { range: Range; isExecutive: boolean }) {
  const now = useNow(30_000);
  const [environment] = useEnvironment();
  const months = useQuery(monthsQuery(spanOf("30d", now)));
  if (months.data?.items.length === 0) return <FirstUse />;
  if (isExecutive)
    return (
      <Suspense fallback={<Skeleton className="h-96" />}>
        <Executive now={now} />
      </Suspense>
    );
  const span = spanOf(range, now);
  const shown = { span, range, environment, now };
  return (
    <>
      <KeyFigures {...shown} />
      <div className="grid gap-3 lg:grid-cols-[minmax(0,1fr)_340px] xl:grid-cols-[minmax(0,1fr)_360px]">
        <CallsPanel {...shown} />
        <AttentionPanel {...shown} />
        <LatencyPanel {...shown} />
        <ActivityPanel />
      </div>
      <FeatureTable {...shown} />
    </>
  );
}

const FirstUse = () => (
  <div className="panel">
    <Empty
      title="No calls in the last two months"
      action={
        <AreaLink to="/welcome" className={buttonClass({ variant: "primary", size: "md" })}>
          Make the first call
        </AreaLink>
      }
    >
      Figures stand here as soon as the first call is made. It takes a provider, a feature and a
      key.
    </Empty>
  </div>
);
