import { useQuery } from "@tanstack/react-query";
import { featuresQuery, keysQuery, modelsQuery, providersQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { words } from "@/lib/format";
import { Button } from "@/ui/button";
import { FacetPicker } from "@/ui/facet-picker";
import { Select } from "@/ui/field";
import { Facet, FilterBar } from "@/ui/filter";
import { BUCKET_WORDS, type Bucket, suiting } from "./grid";
import { DIMENSIONS, type Dimension, type SpendingSearch } from "./search";
import type { Span } from "./span";

type Props = {
  search: SpendingSearch;
  change: (search: Partial<SpendingSearch>) => void;
  by: readonly Dimension[];
  bucket: Bucket;
  span: Span;
  environment: string;
};

const NO_FILTERS = { feature: undefined, provider: undefined, model: undefined, key: undefined };

/** How costs are grouped, over what time, and of what. */
export function Controls({ search, change, by, bucket, span, environment }: Props) {
  const isNarrowed = search.feature || search.provider || search.model || search.key;
  const [first = "feature", second] = by;
  return (
    <FilterBar label="Costs by">
      <Select
        label="Group by"
        value={first}
        onChange={(event) => {
          const next = event.target.value as Dimension;
          change({ by: second && second !== next ? [next, second] : [next] });
        }}
      >
        {DIMENSIONS.map((dimension) => (
          <option key={dimension} value={dimension}>
            By {dimension}
          </option>
        ))}
      </Select>
      <Select
        label="And by"
        value={second ?? ""}
        onChange={(event) => {
          const next = event.target.value as Dimension | "";
          change({ by: next ? [first, next] : [first] });
        }}
      >
        <option value="">and nothing else</option>
        {DIMENSIONS.filter((dimension) => dimension !== first).map((dimension) => (
          <option key={dimension} value={dimension}>
            and by {dimension}
          </option>
        ))}
      </Select>
      <Select
        label="Bucket"
        value={bucket}
        onChange={(event) => change({ bucket: event.target.value as Bucket })}
      >
        {suiting(span).map((offered) => (
          <option key={offered} value={offered}>
            per {BUCKET_WORDS[offered]}
          </option>
        ))}
      </Select>
      <span aria-hidden className="mx-1 h-4 w-px shrink-0 bg-line" />
      <Facet on={!search.all} onClick={() => change({ all: search.all ? undefined : true })}>
        Only {words(environment)}
      </Facet>
      <Narrowings search={search} change={change} />
      {isNarrowed && (
        <Button variant="ghost" onClick={() => change(NO_FILTERS)}>
          Clear
        </Button>
      )}
    </FilterBar>
  );
}

const optionsOf = (named: { name: string }[] | undefined) =>
  named?.map(({ name }) => ({ value: name, label: name }));

const NARROWINGS = [
  {
    filter: "feature",
    right: "features.read",
    useOptions: () => optionsOf(useQuery(featuresQuery).data),
  },
  {
    filter: "provider",
    right: "models.read",
    useOptions: () => optionsOf(useQuery(providersQuery).data),
  },
  {
    filter: "model",
    right: "models.read",
    useOptions: () => optionsOf(useQuery(modelsQuery).data),
  },
  { filter: "key", right: "keys.read", useOptions: () => optionsOf(useQuery(keysQuery).data) },
] as const;

/** Who may not read what there is sees only what is chosen already. */
function Narrowings({ search, change }: Pick<Props, "search" | "change">) {
  const can = useCan();
  return NARROWINGS.filter(({ filter, right }) => can(right) || search[filter]).map(
    ({ filter, useOptions }) => (
      <FacetPicker
        key={filter}
        label={words(filter)}
        value={search[filter]}
        onChange={(value) => change({ [filter]: value })}
        useOptions={useOptions}
        placeholder={`Name of the ${filter}`}
      />
    ),
  );
}
