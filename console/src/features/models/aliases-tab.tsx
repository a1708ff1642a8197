import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { Schemas } from "@/api/client";
import { useCan } from "@/api/session";
import { date } from "@/lib/format";
import type { Column } from "@/tables/column";
import { DataTable } from "@/tables/data-table";
import { Button } from "@/ui/button";
import { FilterBar, SearchInput } from "@/ui/filter";
import { Empty, Loaded, SkeletonRows } from "@/ui/states";
import { AddButton } from "./add-button";
import { AddAlias, EditAlias } from "./alias-forms";
import { AliasPanel } from "./alias-panel";
import { aliasesQuery } from "./queries";
import type { ModelsSearch, SetSearch } from "./search";

type Alias = Schemas["Alias"];

const columns: Column<Alias>[] = [
  {
    key: "name",
    head: "Alias",
    width: "minmax(160px,1fr)",
    priority: 1,
    order: (alias) => alias.name,
    cell: (alias) => (
      <span className="block max-w-72 truncate font-mono text-xs font-medium" title={alias.name}>
        {alias.name}
      </span>
    ),
  },
  {
    key: "model",
    head: "Stands for",
    width: "minmax(200px,2fr)",
    priority: 1,
    order: (alias) => alias.model,
    cell: (alias) => (
      <span className="block max-w-96 truncate font-mono text-xs text-ink-2" title={alias.model}>
        {alias.model}
      </span>
    ),
  },
  {
    key: "updated",
    head: "Changed",
    width: "130px",
    isRight: true,
    priority: 2,
    order: (alias) => alias.updated_at,
    cell: (alias) => date(alias.updated_at),
  },
];

const PhoneRow = (alias: Alias) => (
  <div className="grid gap-0.5 font-mono text-xs">
    <span className="truncate font-medium">{alias.name}</span>
    <span className="truncate text-ink-3">{alias.model}</span>
  </div>
);

/** Names that clients write and that stand for a model: it can be another one tomorrow. */
export default function AliasesTab({ search, set }: { search: ModelsSearch; set: SetSearch }) {
  const can = useCan();
  const mayWrite = can("models.write");
  const aliases = useQuery(aliasesQuery);
  const shown = useMemo(() => {
    const text = search.q?.toLowerCase() ?? "";
    return aliases.data?.filter((alias) =>
      `${alias.name} ${alias.model}`.toLowerCase().includes(text),
    );
  }, [aliases.data, search.q]);
  const setText = useCallback((q: string) => set({ q: q || undefined }), [set]);
  const selected = aliases.data?.find((alias) => alias.name === search.sel);
  return (
    <>
      <FilterBar>
        <SearchInput
          label="Search aliases"
          placeholder="Alias or model"
          value={search.q ?? ""}
          onChange={setText}
        />
      </FilterBar>
      <div className="flex min-h-0 flex-1">
        <div className="min-w-0 flex-1 overflow-y-auto bg-surface [--edge:16px]">
          <Loaded query={{ ...aliases, data: shown }} what="Aliases" skeleton={<SkeletonRows />}>
            {(shown) => (
              <DataTable<Alias>
                label="Aliases"
                rows={shown}
                rowKey={(alias) => alias.name}
                columns={columns}
                phoneRow={PhoneRow}
                selected={selected && search.sel}
                onSelect={(sel) => set({ sel, edit: undefined })}
                empty={
                  search.q ? (
                    <Empty
                      title="No aliases match this text"
                      action={<Button onClick={() => set({ q: undefined })}>Clear</Button>}
                    />
                  ) : (
                    <Empty
                      title="An alias is another name for a model"
                      action={
                        <AddButton permission="models.write" set={set}>
                          Add alias
                        </AddButton>
                      }
                    >
                      Clients write gpt-4, and you decide which model answers.
                    </Empty>
                  )
                }
              />
            )}
          </Loaded>
        </div>
        {selected && <AliasPanel key={selected.name} of={selected} mayWrite={mayWrite} set={set} />}
      </div>
      {mayWrite && selected && search.edit === "details" && (
        <EditAlias
          key={selected.name}
          name={selected.name}
          onClose={() => set({ edit: undefined })}
        />
      )}
      {mayWrite && search.new && (
        <AddAlias
          onClose={() => set({ new: undefined })}
          onAdded={(sel) => set({ new: undefined, sel })}
        />
      )}
    </>
  );
}
