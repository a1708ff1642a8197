import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { allAssignmentsQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { ENVIRONMENTS, type Environment } from "@/lib/environment";
import { count, money, NONE, words } from "@/lib/format";
import { useEnvironment } from "@/lib/use-environment";
import { useMedia } from "@/lib/use-media";
import type { Column } from "@/tables/column";
import { EnvironmentName } from "@/ui/environment";
import { Skeleton } from "@/ui/states";
import { Shape } from "@/ui/status";
import { stateOf } from "./cell-state";
import { type Assignment, type Feature, healthQuery, weekByFeatureQuery } from "./queries";
import { FeatureState } from "./status";

/** Where there is no room for three environments, the one that is looked at stays. */
const ROOM = "(min-width: 1100px)";

export function useColumns(environment: Environment): Column<Feature>[] {
  const hasRoom = useMedia(ROOM);
  return useMemo(() => {
    const places = ENVIRONMENTS.filter((one) => hasRoom || one === environment);
    return [
      {
        key: "name",
        head: "Feature",
        width: "minmax(180px,1.3fr)",
        priority: 1,
        cell: (feature) => <FeatureName feature={feature} />,
      },
      {
        key: "state",
        head: "State",
        width: "120px",
        priority: 2,
        cell: (feature) => <FeatureState of={feature.status} />,
      },
      ...places.map(
        (place): Column<Feature> => ({
          key: place,
          head: <EnvironmentName of={place} />,
          width: "minmax(150px,1.2fr)",
          priority: place === environment ? 1 : 2,
          cell: (feature) => <Cell feature={feature} environment={place} />,
        }),
      ),
      {
        key: "calls",
        head: <span title={`In ${words(environment)}`}>Calls, 7 d</span>,
        width: "84px",
        isRight: true,
        priority: 3,
        cell: (feature) => <WeekFigure of="calls" feature={feature} environment={environment} />,
      },
      {
        key: "cost",
        head: <span title={`In ${words(environment)}`}>Cost, 7 d</span>,
        width: "92px",
        isRight: true,
        priority: 3,
        cell: (feature) => <WeekFigure of="cost" feature={feature} environment={environment} />,
      },
    ];
  }, [environment, hasRoom]);
}

const FeatureName = ({ feature }: { feature: Feature }) => (
  <span className="flex min-w-0 items-baseline gap-2">
    <span
      dir="auto"
      className="max-w-full shrink-0 truncate font-medium"
      title={feature.display_name}
    >
      {feature.display_name}
    </span>
    <span className="truncate font-mono text-xs text-ink-3" title={feature.name}>
      {feature.name}
    </span>
  </span>
);

/** The models of a feature in an environment; a click opens them there. */
function Cell({ feature, environment }: { feature: Feature; environment: Environment }) {
  const navigate = useNavigate({ from: "/features" });
  const [, look] = useEnvironment();
  const open = () => {
    look(environment);
    void navigate({
      search: (old) => ({ ...old, env: environment, sel: feature.name, tab: undefined }),
    });
  };
  return (
    <button
      type="button"
      tabIndex={-1}
      onClick={(event) => {
        event.stopPropagation();
        open();
      }}
      className="-mx-1.5 flex h-7 min-w-0 flex-1 items-center rounded-md px-1.5 text-left hover:bg-selected"
    >
      <Models feature={feature} environment={environment} />
    </button>
  );
}

function Models({ feature, environment }: { feature: Feature; environment: Environment }) {
  const can = useCan();
  const assignments = useQuery(allAssignmentsQuery);
  const healths = useQuery({ ...healthQuery, enabled: can("operations.read") });
  if (assignments.isPending) return <Skeleton className="h-3 w-24" />;
  if (assignments.error) return <span className="text-xs text-bad">Not read</span>;
  const found = assignments.data.find(
    (one) => one.feature === feature.name && one.environment === environment,
  );
  if (!found) return <span className="text-xs text-ink-3">No model</span>;
  const { first, rest } = summary(found);
  const { tone, word } = stateOf(feature, found, healths.data);
  return (
    <span className="flex min-w-0 items-center gap-2" title={`${first} ${rest}\n${word}`}>
      <Shape tone={tone} />
      <span className="sr-only">{word}: </span>
      <span className="truncate font-mono text-xs">
        {first} {rest && <span className="text-ink-3">{rest}</span>}
      </span>
    </span>
  );
}

/** `sandbox/fast` and `then sandbox/large`; several models with their shares. */
export function summary({ models, fallbacks }: Pick<Assignment, "models" | "fallbacks">) {
  const first = models.length === 1 ? models[0]!.model : `${models.length} models`;
  const rest = [
    fallbacks.length > 0 && `then ${fallbacks[0]}`,
    fallbacks.length > 1 && `+${fallbacks.length - 1}`,
  ].filter(Boolean);
  return { first, rest: rest.join(" ") };
}

function WeekFigure(props: { of: "calls" | "cost"; feature: Feature; environment: Environment }) {
  const week = useQuery(weekByFeatureQuery(props.environment));
  if (week.isPending) return <Skeleton className="h-3 w-10" />;
  const sum = week.data?.items.find(
    (one) => (one.group as { feature?: string }).feature === props.feature.id,
  );
  if (!sum) return <span className="text-ink-3">{NONE}</span>;
  return <span className="num">{props.of === "calls" ? count(sum.calls) : money(sum.cost)}</span>;
}

export function PhoneRow({ feature }: { feature: Feature }) {
  const [environment] = useEnvironment();
  return (
    <div className="grid gap-0.5">
      <div className="flex items-center justify-between gap-2">
        <span dir="auto" className="truncate font-medium">
          {feature.display_name}
        </span>
        <FeatureState of={feature.status} />
      </div>
      <div className="flex min-w-0 text-ink-2">
        <Models feature={feature} environment={environment} />
      </div>
    </div>
  );
}
