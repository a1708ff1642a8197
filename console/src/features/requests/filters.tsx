import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { featuresQuery, keysQuery, modelsQuery, providersQuery } from "@/api/every-page";
import { duration } from "@/lib/format";
import { Button } from "@/ui/button";
import { type FacetOption, FacetPicker } from "@/ui/facet-picker";
import { Facet, FilterBar, SearchInput } from "@/ui/filter";
import { Status } from "@/ui/status";
import { outcome } from "./outcome";
import {
  dollarsOf,
  hasStatus,
  isNarrowed,
  NO_FILTERS,
  type RequestSearch,
  STATUSES,
  toggleStatus,
} from "./search";
import { useNamed } from "./use-named";

type Props = { search: RequestSearch; set: (part: Partial<RequestSearch>) => void };

/** What the list is narrowed by. All of it stands in the URL. */
export function Filters({ search, set }: Props) {
  const named = useNamed(search);
  const find = useCallback((q: string) => set({ q: q.trim() || undefined }), [set]);
  return (
    <FilterBar>
      <div className="md:[&_input]:w-40">
        <SearchInput
          label="Find requests"
          placeholder="ID, user or error"
          value={search.q ?? ""}
          onChange={find}
        />
      </div>
      {STATUSES.filter((status) => status !== "unknown" || hasStatus(search, status)).map(
        (status) => (
          <Facet
            key={status}
            on={hasStatus(search, status)}
            onClick={() => set({ status: toggleStatus(search, status) })}
          >
            <Status tone={outcome({ status }).tone}>{outcome({ status }).word}</Status>
          </Facet>
        ),
      )}
      <Line />
      <Facet on={Boolean(search.cached)} onClick={() => set({ cached: not(search.cached) })}>
        <Status tone="info">Cached</Status>
      </Facet>
      <Facet on={Boolean(search.retried)} onClick={() => set({ retried: not(search.retried) })}>
        <Status tone="warn">Retried</Status>
      </Facet>
      <FacetPicker
        label={search.slower === undefined ? "Slow" : "Slower than"}
        placeholder="Seconds"
        value={search.slower?.toString()}
        chosen={search.slower === undefined ? undefined : duration(search.slower)}
        onChange={(value) => set({ slower: value ? Number(value) : undefined })}
        useOptions={useDurations}
        accept={seconds}
      />
      <FacetPicker
        label={search.dearer === undefined ? "Costly" : "Over"}
        placeholder="Dollars"
        value={search.dearer}
        chosen={search.dearer && `$${search.dearer}`}
        onChange={(dearer) => set({ dearer })}
        useOptions={useAmounts}
        accept={dollars}
      />
      <FacetPicker
        label="Feature"
        placeholder="Find a feature"
        value={named.feature}
        onChange={(feature) => set({ feature })}
        useOptions={useFeatures}
      />
      <FacetPicker
        label="Model"
        placeholder="Find a model or provider"
        value={named.model ?? named.provider}
        onChange={(name) =>
          set(
            name?.includes("/")
              ? { model: name, provider: undefined }
              : { model: undefined, provider: name },
          )
        }
        useOptions={useModels}
      />
      <FacetPicker
        label="Key"
        placeholder="Find a key"
        value={named.key}
        onChange={(key) => set({ key })}
        useOptions={useKeys}
      />
      <FacetPicker
        label="User"
        placeholder="Name of a user"
        value={search.user}
        onChange={(user) => set({ user })}
        useOptions={useNothing}
        accept={(text) => ({ value: text, label: text })}
      />
      {isNarrowed(search) && (
        <Button variant="ghost" onClick={() => set(NO_FILTERS)}>
          Clear
        </Button>
      )}
    </FilterBar>
  );
}

const Line = () => <span aria-hidden className="h-4 w-px shrink-0 bg-line" />;
const not = (value: true | undefined) => (value ? undefined : true);

const DURATIONS = [1_000, 2_000, 5_000, 10_000, 30_000].map((value) => ({
  value: String(value),
  label: duration(value),
}));
const AMOUNTS = ["0.001", "0.01", "0.1", "1"].map((value) => ({ value, label: `$${value}` }));
const useDurations = () => DURATIONS;
const useAmounts = () => AMOUNTS;
const useNothing = () => [];

function seconds(text: string): FacetOption | undefined {
  const value = Math.round(Number(text.replace(/\s*s$/, "")) * 1000);
  return value > 0 ? { value: String(value), label: duration(value) } : undefined;
}
function dollars(text: string): FacetOption | undefined {
  const value = dollarsOf(text);
  return value ? { value, label: `$${value}` } : undefined;
}

const useFeatures = () =>
  useQuery(featuresQuery).data?.map(({ name, display_name }) => ({
    value: name,
    label: name,
    note: display_name === name ? undefined : display_name,
  }));

function useModels() {
  const providers = useQuery(providersQuery).data;
  const models = useQuery(modelsQuery).data;
  if (!providers || !models) return undefined;
  return [
    ...providers.map(({ name }) => ({ value: name, label: name, note: "Every model" })),
    ...models.map(({ name }) => ({ value: name, label: name })),
  ];
}

const useKeys = () =>
  useQuery(keysQuery).data?.map(({ name, shown, environment }) => ({
    value: name,
    label: name,
    note: `${shown} · ${environment}`,
  }));
