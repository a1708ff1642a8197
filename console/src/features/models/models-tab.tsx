import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { modelsQuery, providersQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { count, plural } from "@/lib/format";
import { LogTable } from "@/tables/log-table";
import { Button } from "@/ui/button";
import { Select } from "@/ui/field";
import { Facet, FilterBar, SearchInput } from "@/ui/filter";
import { Empty, Loaded, SkeletonRows } from "@/ui/states";
import { AddButton } from "./add-button";
import { AddModel } from "./add-model";
import { ModelPhoneRow, modelColumns, typeLabel } from "./model-columns";
import { ModelPanel } from "./model-panel";
import { filtered, type ModelRow, modelRows, ordered } from "./model-rows";
import { aliasesQuery, monthQuery } from "./queries";
import { type ModelsSearch, type SetSearch, TYPES } from "./search";

const NO_FILTER = { q: undefined, provider: undefined, type: undefined, unpriced: undefined };
const rowKey = (row: ModelRow) => row.model.name;

/** Every model that can be called, and what it costs. */
export default function ModelsTab({ search, set }: { search: ModelsSearch; set: SetSearch }) {
  const can = useCan();
  const models = useQuery(modelsQuery);
  const aliases = useQuery(aliasesQuery);
  const month = useQuery({ ...monthQuery("model"), enabled: can("usage.read") });
  const rows = useMemo(
    () => models.data && modelRows(models.data, aliases.data, month.data?.items),
    [models.data, aliases.data, month.data],
  );
  const shown = useMemo(() => rows && ordered(filtered(rows, search), search.sort), [rows, search]);
  const columns = useMemo(() => modelColumns(search.sort, set), [search.sort, set]);
  const selected = rows?.find((row) => row.model.name === search.sel);
  const isFiltered = Boolean(search.q || search.provider || search.type || search.unpriced);
  const clear = () => set(NO_FILTER);
  return (
    <>
      <Filters
        search={search}
        set={set}
        rows={rows}
        isFiltered={isFiltered}
        shown={shown?.length ?? 0}
        clear={clear}
      />
      <div className="flex min-h-0 flex-1">
        <Loaded
          query={{ ...models, data: shown }}
          what="Models"
          skeleton={
            <div className="flex-1 bg-surface">
              <SkeletonRows rows={16} className="h-8" />
            </div>
          }
        >
          {(shown) => (
            <LogTable<ModelRow>
              label="Models"
              rows={shown}
              rowKey={rowKey}
              columns={columns}
              phoneRow={ModelPhoneRow}
              selected={selected && search.sel}
              onSelect={(sel) => set({ sel, edit: undefined })}
              total={shown.length}
              empty={
                isFiltered ? (
                  <Empty
                    title="No models match these filters"
                    action={<Button onClick={clear}>Clear</Button>}
                  />
                ) : (
                  <Empty
                    title="A provider brings its models"
                    action={
                      <AddButton permission="models.write" set={set}>
                        Add model
                      </AddButton>
                    }
                  >
                    Add a provider with those of the catalogue, or a single model of one that is
                    there.
                  </Empty>
                )
              }
            />
          )}
        </Loaded>
        {selected && <ModelPanel row={selected} search={search} set={set} />}
      </div>
      {search.new && can("models.write") && (
        <AddModel
          provider={search.provider}
          onClose={() => set({ new: undefined })}
          onAdded={(sel) => set({ new: undefined, sel })}
        />
      )}
    </>
  );
}

function Filters(props: {
  search: ModelsSearch;
  set: SetSearch;
  rows: ModelRow[] | undefined;
  shown: number;
  isFiltered: boolean;
  clear: () => void;
}) {
  const { search, set, rows } = props;
  const providers = useQuery(providersQuery);
  const setText = useCallback((q: string) => set({ q: q || undefined }), [set]);
  const types = TYPES.filter((type) => rows?.some((row) => row.model.type === type));
  const unpriced = rows?.filter((row) => row.isUnpriced).length ?? 0;
  const all = rows?.length ?? 0;
  return (
    <FilterBar>
      <SearchInput
        label="Search models"
        placeholder="Model or alias"
        value={search.q ?? ""}
        onChange={setText}
      />
      <Select
        label="Provider"
        className="max-w-44 shrink-0"
        value={search.provider ?? ""}
        onChange={(event) => set({ provider: event.target.value || undefined })}
      >
        <option value="">Every provider</option>
        {providers.data?.map((provider) => (
          <option key={provider.id} value={provider.name}>
            {provider.name}
          </option>
        ))}
      </Select>
      {types.map((type) => (
        <Facet
          key={type}
          on={search.type === type}
          onClick={() => set({ type: search.type === type ? undefined : type })}
        >
          {typeLabel(type)}
        </Facet>
      ))}
      {(unpriced > 0 || search.unpriced) && (
        <Facet
          on={Boolean(search.unpriced)}
          onClick={() => set({ unpriced: search.unpriced ? undefined : true })}
        >
          No price
          <span className="num text-ink-3">{count(unpriced)}</span>
        </Facet>
      )}
      {props.isFiltered && (
        <Button variant="ghost" onClick={props.clear}>
          Clear
        </Button>
      )}
      {rows && (
        <span role="status" className="num ml-auto shrink-0 pl-3 text-xs text-ink-3">
          {props.shown === all ? plural(all, "model") : `${count(props.shown)} of ${count(all)}`}
        </span>
      )}
    </FilterBar>
  );
}
