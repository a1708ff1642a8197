import type { Schemas } from "@/api/client";
import { Sparkline } from "@/charts/sparkline";
import { count, duration, money, percent, plural, words } from "@/lib/format";
import { HEALTH_TONE } from "@/ui/health";
import { Stat, Stats } from "@/ui/stat";
import { Skeleton } from "@/ui/states";
import { Shape } from "@/ui/status";
import type { Trace } from "./use-live-status";

/** What runs now, in six figures. */
export function Figures({ live, trace }: { live: Schemas["LiveStatus"]; trace: Trace }) {
  const { in_flight: flight, rates, providers } = live;
  const tried = rates.answered_per_minute + rates.failed_per_minute;
  const waiting = providers.reduce((sum, provider) => sum + (provider.queue?.waiting ?? 0), 0);
  const queued = providers.filter((provider) => provider.queue).length;
  const failing = providers.filter((one) => one.status === "down" || one.status === "degraded");
  return (
    <Stats label="What runs now">
      <Stat
        label={
          <>
            <Shape tone={HEALTH_TONE[live.status]} /> Worst provider
          </>
        }
        value={words(live.status)}
        note={
          failing.length > 0
            ? `${failing.length} of ${providers.length} ${failing.length === 1 ? "fails" : "fail"}`
            : "None fails"
        }
      />
      <Stat
        label="In flight"
        value={count(flight.attempts)}
        note={flight.oldest_ms == null ? "Nothing runs" : `Oldest ${duration(flight.oldest_ms)}`}
        chart={<Line values={trace.inFlight} />}
      />
      <Stat
        label="Answered"
        value={count(rates.answered_per_minute)}
        unit="/min"
        note="In the last minute"
        chart={<Line values={trace.answered} color="var(--c2)" />}
      />
      <Stat
        label="Failed"
        value={count(rates.failed_per_minute)}
        unit="/min"
        note={tried > 0 ? `${percent(rates.failed_per_minute / tried)} of attempts` : "No attempts"}
        chart={<Line values={trace.failed} color="var(--bad)" />}
      />
      <Stat
        label="Waiting"
        value={count(waiting)}
        note={queued > 0 ? `In ${plural(queued, "queue")}` : "No provider has a bound"}
      />
      <Stat label="Money held" value={money(flight.held)} note="For what is in flight" />
    </Stats>
  );
}

const Line = ({ values, color }: { values: number[]; color?: string }) => (
  <span className="hidden sm:block">
    <Sparkline values={values} color={color} width={48} height={22} />
  </span>
);

export const FiguresSkeleton = () => (
  <Stats label="What runs now">
    {["a", "b", "c", "d", "e", "f"].map((key) => (
      <div key={key} className="grid gap-2 px-3.5 py-3">
        <Skeleton className="h-3 w-24" />
        <Skeleton className="h-7 w-20" />
        <Skeleton className="h-3 w-28" />
      </div>
    ))}
  </Stats>
);
