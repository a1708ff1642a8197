import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useMemo } from "react";
import { featuresQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { count, words } from "@/lib/format";
import { useEnvironment } from "@/lib/use-environment";
import { LogTable } from "@/tables/log-table";
import { Button } from "@/ui/button";
import { Facet, FilterBar, SearchInput } from "@/ui/filter";
import { Gate } from "@/ui/gate";
import { PageHeader } from "@/ui/page";
import { Denied, Empty, Loaded } from "@/ui/states";
import { Shape } from "@/ui/status";
import { PhoneRow, useColumns } from "./matrix";
import type { Feature } from "./queries";
import { type FeatureSearch, STATUSES } from "./search";
import { TONE } from "./status";

// Forms come after the list, and are there when a row is opened.
const readPanel = () => import("./panel");
const FeatureDialog = lazy(() => import("./feature-dialog"));
const FeaturePanel = lazy(readPanel);
const PanelPlace = () => <div className="w-[400px] border-l border-line max-md:hidden" />;

/** Which model serves which feature where. */
export function FeaturesPage() {
  const search = useSearch({ from: "/features" });
  const navigate = useNavigate({ from: "/features" });
  const can = useCan();
  const [environment] = useEnvironment();
  const features = useQuery({ ...featuresQuery, enabled: can("features.read") });
  const columns = useColumns(environment);
  const go = useCallback(
    (change: FeatureSearch) =>
      void navigate({ search: (old) => ({ ...old, ...change }), replace: !("sel" in change) }),
    [navigate],
  );
  const filter = useCallback((q: string) => go({ q: q || undefined }), [go]);
  const select = useCallback(
    (sel: string | undefined) => go({ sel, tab: undefined, edit: undefined }),
    [go],
  );
  const all = features.data ?? [];
  useEffect(() => void readPanel(), []);
  const shown = useMemo(
    () => all.filter((feature) => passes(feature, search)),
    [all, search.q, search.status],
  );
  if (!can("features.read")) {
    return (
      <>
        <PageHeader title="AI features" />
        <Denied what="Features" detail="Seeing them needs the right features.read." />
      </>
    );
  }
  const isFiltered = Boolean(search.q || search.status);
  const create = (
    <Gate permission="features.write">
      <Button variant="primary" onClick={() => go({ new: true })}>
        Create feature
      </Button>
    </Gate>
  );
  return (
    <div className="flex h-full flex-col">
      <PageHeader
        title="AI features"
        sub={
          features.data && (
            <span role="status" className="num text-xs text-ink-3">
              {isFiltered ? `${count(shown.length)} of ${count(all.length)}` : count(all.length)}
            </span>
          )
        }
      >
        {create}
      </PageHeader>
      {all.length > 0 && (
        <FilterBar>
          <SearchInput
            label="Search features"
            placeholder="Name"
            value={search.q ?? ""}
            onChange={filter}
          />
          {STATUSES.map((status) => (
            <Facet
              key={status}
              on={search.status === status}
              onClick={() => go({ status: search.status === status ? undefined : status })}
            >
              <Shape tone={TONE[status]} />
              {words(status)}
            </Facet>
          ))}
          {isFiltered && (
            <Button variant="ghost" onClick={() => go({ q: undefined, status: undefined })}>
              Clear
            </Button>
          )}
        </FilterBar>
      )}
      <div className="flex min-h-0 flex-1">
        <Loaded query={features} what="Features">
          {() => (
            <LogTable
              label="AI features"
              rows={shown}
              rowKey={(feature) => feature.name}
              columns={columns}
              phoneRow={(feature) => <PhoneRow feature={feature} />}
              selected={search.sel}
              onSelect={select}
              empty={
                isFiltered ? (
                  <Empty
                    title="No features match these filters"
                    action={
                      <Button onClick={() => go({ q: undefined, status: undefined })}>Clear</Button>
                    }
                  />
                ) : (
                  <Empty title="There is no feature yet" action={create}>
                    A feature is a name that your applications call. Which model answers is decided
                    here, for each environment.
                  </Empty>
                )
              }
            />
          )}
        </Loaded>
        <Suspense fallback={<PanelPlace />}>
          {search.sel && (
            <FeaturePanel
              key={search.sel}
              name={search.sel}
              tab={search.tab ?? "models"}
              isEditing={search.edit === true}
              go={go}
              onClose={() => select(undefined)}
            />
          )}
        </Suspense>
      </div>
      <Suspense fallback={null}>
        {search.new && can("features.write") && (
          <FeatureDialog
            onClose={() => go({ new: undefined })}
            onDone={(name) => go({ new: undefined, sel: name, tab: undefined })}
          />
        )}
      </Suspense>
    </div>
  );
}

/** Whether the filters let a feature through. */
export function passes(feature: Feature, { q, status }: FeatureSearch): boolean {
  if (status && feature.status !== status) return false;
  const text = q?.trim().toLowerCase();
  return (
    !text || [feature.name, feature.display_name].some((name) => name.toLowerCase().includes(text))
  );
}
