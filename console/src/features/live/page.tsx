import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Pause, Play, Zap } from "lucide-react";
import { useState } from "react";
import { healthQuery } from "@/api/operations";
import { useCan } from "@/api/session";
import { cx } from "@/lib/cx";
import { clock } from "@/lib/format";
import { useStore } from "@/lib/store";
import { useNow } from "@/lib/use-now";
import { connection } from "@/live/socket";
import { Button } from "@/ui/button";
import { PageBody, PageHeader } from "@/ui/page";
import { Denied, Failure, Loaded, Skeleton, SkeletonRows } from "@/ui/states";
import { Status } from "@/ui/status";
import { CallsPanel } from "./calls-panel";
import { Figures, FiguresSkeleton } from "./figures";
import { HealthPanel } from "./health-panel";
import { ModelsPanel } from "./models-panel";
import { ProviderPanel } from "./provider-panel";
import { QueuesPanel } from "./queues-panel";
import { QuickActions } from "./quick-actions";
import type { LiveSearch } from "./search";
import { useFrozen, useLiveStatus } from "./use-live-status";

const route = getRouteApi("/live");

/** What runs now, how it does, and what can be done about it at once. */
export function LivePage() {
  const can = useCan();
  return can("operations.read") ? (
    <LiveStatus />
  ) : (
    <>
      <PageHeader title="Live status" />
      <Denied what="The live status" detail="It takes the right operations.read." />
    </>
  );
}

function LiveStatus() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const go = (part: LiveSearch) => void navigate({ search: (old) => ({ ...old, ...part }) });
  const [isPaused, setPaused] = useState(false);
  const { query, trace } = useLiveStatus();
  const health = useQuery(healthQuery);
  const present = useNow();
  const seen = useFrozen(
    { live: query.data, trace, checks: health.data?.checks, now: present },
    isPaused,
  );
  const { live, now } = seen;
  const hasPanel = Boolean(search.act ?? search.sel);
  return (
    <div className="flex h-full flex-col">
      <PageHeader title="Live status" sub={<Moment at={live?.at} isPaused={isPaused} />}>
        <Button aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? (
            <Play aria-hidden className="size-3.5" />
          ) : (
            <Pause aria-hidden className="size-3.5" />
          )}
          <span className="max-sm:sr-only">{isPaused ? "Resume" : "Pause"}</span>
        </Button>
        <Act onClick={() => go({ act: "switch", feature: undefined })} />
      </PageHeader>
      <div className="flex min-h-0 flex-1">
        <div className="min-w-0 flex-1 overflow-y-auto">
          <PageBody>
            <Loaded
              query={{ ...query, data: live }}
              what="The live status"
              skeleton={<LoadingLayout />}
            >
              {(data) => (
                <>
                  <Figures live={data} trace={seen.trace} />
                  <HealthPanel
                    checks={seen.checks}
                    checksState={
                      health.error ? (
                        <Failure
                          error={health.error}
                          what="The checks"
                          onRetry={() => void health.refetch()}
                        />
                      ) : (
                        <SkeletonRows rows={3} className="h-14" />
                      )
                    }
                    providers={data.providers}
                    selected={search.sel}
                    onSelect={(sel) => go({ sel, act: undefined })}
                    now={now}
                  />
                  <CallsPanel live={data} now={now} />
                  <div
                    className={cx("grid gap-3", !hasPanel && "xl:grid-cols-[minmax(0,1fr)_360px]")}
                  >
                    <ModelsPanel providers={data.providers} />
                    <QueuesPanel providers={data.providers} />
                  </div>
                </>
              )}
            </Loaded>
          </PageBody>
        </div>
        {search.act ? (
          <QuickActions
            act={search.act}
            feature={search.feature}
            go={go}
            onClose={() => go({ act: undefined, feature: undefined })}
          />
        ) : (
          search.sel &&
          live && (
            <ProviderPanel
              name={search.sel}
              provider={live.providers.find((one) => one.name === search.sel)}
              go={go}
              onClose={() => go({ sel: undefined })}
            />
          )
        )}
      </div>
    </div>
  );
}

function Act({ onClick }: { onClick: () => void }) {
  const can = useCan();
  if (!can("features.write") && !can("keys.write")) return null;
  return (
    <Button variant="primary" onClick={onClick}>
      <Zap aria-hidden className="size-3.5" />
      Act
    </Button>
  );
}

/** Of when the figures are, and whether they move. */
function Moment({ at, isPaused }: { at: string | undefined; isPaused: boolean }) {
  const isOpen = useStore(connection, (state) => state.status === "open");
  return (
    <span className="num text-xs">
      <Status tone={isPaused ? "info" : isOpen ? "ok" : "warn"}>
        {isPaused ? "Paused" : isOpen ? "Live" : "Not live"}
        {at && <span className="text-ink-3">{clock(at)}</span>}
      </Status>
    </span>
  );
}

const LoadingLayout = () => (
  <>
    <FiguresSkeleton />
    <div className="panel">
      <SkeletonRows rows={6} className="h-14" />
    </div>
    <Skeleton className="h-40" />
  </>
);
