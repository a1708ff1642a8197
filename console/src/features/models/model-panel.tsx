import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Schemas } from "@/api/client";
import { allAssignmentsQuery, featuresQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { write } from "@/api/write";
import { count, date, moment, money, NONE, words } from "@/lib/format";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { CopyButton } from "@/ui/copy";
import { Facts } from "@/ui/panel";
import { SidePanel } from "@/ui/side-panel";
import { Loaded, Skeleton } from "@/ui/states";
import { Tag } from "@/ui/status";
import { typeLabel } from "./model-columns";
import { ModelEdit } from "./model-edit";
import { type ModelRow, sourceOf } from "./model-rows";
import { Part } from "./part";
import { PriceList } from "./price-list";
import { monthQuery } from "./queries";
import type { ModelsSearch, SetSearch } from "./search";

/** A model: what it costs, what it can hold, and who uses it. */
export function ModelPanel(props: { row: ModelRow; search: ModelsSearch; set: SetSearch }) {
  const { row, search, set } = props;
  const { model } = row;
  const can = useCan();
  const mayWrite = can("models.write");
  const close = () => set({ edit: undefined });
  return (
    <SidePanel
      label={`Model ${model.name}`}
      title={
        <>
          <span className="truncate font-mono text-xs" title={model.name}>
            {model.name}
          </span>
          <CopyButton text={model.name} label="Copy name" />
        </>
      }
      onClose={() => set({ sel: undefined, edit: undefined })}
      onEdit={mayWrite ? () => set({ edit: "details" }) : undefined}
      footer={
        mayWrite && (
          <>
            <Button onClick={() => set({ edit: "prices" })}>Edit prices</Button>
            <Button onClick={() => set({ edit: "details" })}>Edit</Button>
            <Button
              variant="danger"
              className="ml-auto"
              onClick={() => review(removal(model, () => set({ sel: undefined })))}
            >
              Remove
            </Button>
          </>
        )
      }
    >
      <div className="grid gap-4">
        <Facts
          columns={2}
          rows={[
            ["Type", typeLabel(model.type)],
            ["Context", model.context_window ? count(model.context_window) : NONE],
            ["Most output", model.max_output_tokens ? count(model.max_output_tokens) : NONE],
            ["Changed", date(model.updated_at)],
            ["Calls, 30 d", row.calls === undefined ? NONE : count(row.calls)],
            ["Spend, 30 d", money(row.cost)],
          ]}
        />
        {model.upstream_name && (
          <Facts
            rows={[
              [
                "The provider calls it",
                <span key="upstream" className="font-mono text-xs">
                  {model.upstream_name}
                </span>,
              ],
            ]}
          />
        )}
        <Part title="Prices" note={<Origin of={model} />}>
          <PriceList prices={model.prices} />
        </Part>
        <Part title="Aliases">
          {row.aliases.length === 0 ? (
            <p className="text-sm text-ink-3">No other name leads to it.</p>
          ) : (
            <div className="flex flex-wrap gap-1 py-1">
              {row.aliases.map((alias) => (
                <Link
                  key={alias}
                  from="/models"
                  search={{ tab: "aliases", sel: alias }}
                  className="hover:underline"
                >
                  <Tag>
                    <span className="font-mono">{alias}</span>
                  </Tag>
                </Link>
              ))}
            </div>
          )}
        </Part>
        {can("features.read") && <UsedBy model={model.name} />}
      </div>
      {mayWrite && (search.edit === "prices" || search.edit === "details") && (
        <ModelEdit
          key={`${model.name} ${search.edit}`}
          name={model.name}
          edit={search.edit}
          onClose={close}
        />
      )}
    </SidePanel>
  );
}

function Origin({ of }: { of: Schemas["Model"] }) {
  if (!of.origin) return of.prices.length > 0 ? `Stated here, ${moment(of.updated_at)}` : null;
  return of.origin.sources
    .map(sourceOf)
    .map(({ name, date: as }) => (as ? `${name}, ${date(as)}` : name))
    .join("; ");
}

/** The features that are assigned to it, and what each spent on it. */
function UsedBy({ model }: { model: string }) {
  const can = useCan();
  const features = useQuery(featuresQuery);
  const spent = useQuery({ ...monthQuery("feature", { model }), enabled: can("usage.read") });
  const assignments = useQuery(allAssignmentsQuery);
  const rows = useMemo(() => {
    if (!features.data || !assignments.data) return undefined;
    const assigned = placesOf(assignments.data, model);
    const sums = new Map(
      spent.data?.items.map((sum) => [(sum.group as { feature?: string }).feature, sum]),
    );
    return features.data
      .map((feature) => ({
        feature,
        places: assigned.get(feature.name) ?? [],
        sum: sums.get(feature.id),
      }))
      .filter((row) => row.places.length > 0 || row.sum);
  }, [features.data, spent.data, assignments.data, model]);
  return (
    <Part title="Features that use it">
      <Loaded
        query={{ ...assignments, data: rows }}
        what="Features"
        skeleton={<Skeleton className="h-12" />}
      >
        {(rows) =>
          rows.length === 0 ? (
            <p className="text-sm text-ink-3">No feature uses it.</p>
          ) : (
            <Facts
              rows={rows.map(({ feature, places, sum }) => [
                <span key="feature" className="grid min-w-0">
                  <Link
                    to="/features"
                    search={{ sel: feature.name }}
                    dir="auto"
                    className="max-w-56 truncate text-accent hover:underline"
                  >
                    {feature.name}
                  </Link>
                  <span className="text-xs">{places.join(", ") || "Not assigned now"}</span>
                </span>,
                sum ? (
                  <span key="sum" className="grid">
                    <span>{money(sum.cost)}</span>
                    <span className="text-xs text-ink-3">{count(sum.calls)} calls, 30 d</span>
                  </span>
                ) : (
                  NONE
                ),
              ])}
            />
          )
        }
      </Loaded>
    </Part>
  );
}

/** Where each feature is assigned to a model, as words: `Production`, `Staging as fallback`. */
function placesOf(assignments: Schemas["Assignment"][], model: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const assignment of assignments) {
    const place = placeOf(assignment, model);
    if (place) found.set(assignment.feature, [...(found.get(assignment.feature) ?? []), place]);
  }
  return found;
}

export function placeOf(assignment: Schemas["Assignment"], model: string): string | undefined {
  const environment = words(assignment.environment);
  if (assignment.models.some((candidate) => candidate.model === model)) return environment;
  return assignment.fallbacks.includes(model) ? `${environment} as fallback` : undefined;
}

const removal = (model: Schemas["Model"], onDone: () => void) => ({
  title: `Remove model ${model.name}`,
  verb: "Remove",
  done: `Removed model ${model.name}`,
  note: (
    <p className="text-sm">Calls that name it are refused. What it was used for stays known.</p>
  ),
  isDangerous: true,
  onDone,
  write: write("delete", "/api/platform/ai-management/models/{model}", {
    params: { path: { model: model.name } },
  }),
});
