import { useQuery } from "@tanstack/react-query";
import { modelsQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { words } from "@/lib/format";
import { Button } from "@/ui/button";
import { Select } from "@/ui/field";
import { Facet, FilterBar } from "@/ui/filter";
import { BUCKET_WORDS, type Bucket, suiting } from "./grid";
import { useThings } from "./names";
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

function Narrowings({ search, change }: Pick<Props, "search" | "change">) {
  const can = useCan();
  const things = useThings();
  const models = useQuery({ ...modelsQuery, enabled: can("models.read") });
  const narrowings = [
    ["feature", things.feature],
    ["provider", things.provider],
    ["model", models.data ?? []],
    ["key", things.key],
  ] as const;
  return narrowings.map(([filter, options]) => {
    const value = search[filter];
    if (options.length === 0 && !value) return null;
    const names = options.map((one) => one.name);
    return (
      <Select
        key={filter}
        label={words(filter)}
        value={value ?? ""}
        onChange={(event) => change({ [filter]: event.target.value || undefined })}
        className={value ? "max-w-44 !border-accent bg-accent-soft" : "max-w-44"}
      >
        <option value="">Any {filter}</option>
        {value && !names.includes(value) && <option value={value}>{value}</option>}
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
    );
  });
}
