import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { modelsQuery, providersQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { count, date, NONE } from "@/lib/format";
import type { Column } from "@/tables/column";
import { DataTable } from "@/tables/data-table";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Empty, Loaded, SkeletonRows } from "@/ui/states";
import { type CatalogueRow, catalogueRows } from "./catalogue-rows";
import { Findings } from "./findings";
import { ImportDialog } from "./import";
import { kindLabel } from "./kinds";
import type { ModelsSearch, SetSearch } from "./search";

const figure = (value: number) =>
  value === 0 ? <span className="text-ink-3">{NONE}</span> : count(value);

const columns: Column<CatalogueRow>[] = [
  {
    key: "name",
    head: "Provider",
    width: "minmax(140px,1fr)",
    priority: 1,
    order: (row) => row.provider.name,
    cell: ({ provider }) => (
      <span dir="auto" className="block max-w-64 truncate font-medium" title={provider.name}>
        {provider.name}
      </span>
    ),
  },
  {
    key: "catalogue",
    head: "In the catalogue",
    width: "160px",
    priority: 1,
    cell: (row) => row.catalogues.join(", ") || <span className="text-ink-3">{NONE}</span>,
  },
  {
    key: "taken",
    head: "Taken over",
    width: "110px",
    isRight: true,
    priority: 1,
    order: (row) => row.taken,
    cell: (row) => figure(row.taken),
  },
  {
    key: "stated",
    head: "Stated here",
    width: "110px",
    isRight: true,
    priority: 2,
    order: (row) => row.stated,
    cell: (row) => figure(row.stated),
  },
  {
    key: "unpriced",
    head: "No price",
    width: "100px",
    isRight: true,
    priority: 2,
    order: (row) => row.unpriced,
    cell: (row) => figure(row.unpriced),
  },
  {
    key: "oldest",
    head: "Oldest source",
    width: "130px",
    isRight: true,
    priority: 2,
    order: (row) => row.oldest ?? "",
    cell: (row) => (row.oldest ? date(row.oldest) : <span className="text-ink-3">{NONE}</span>),
  },
];

/** What the bundled catalogue knows of the models that are here, and where its sources disagree. */
export default function CatalogueTab({ search, set }: { search: ModelsSearch; set: SetSearch }) {
  const mayImport = useCan()("models.write");
  const providers = useQuery(providersQuery);
  const models = useQuery(modelsQuery);
  const rows = useMemo(
    () => providers.data && models.data && catalogueRows(providers.data, models.data),
    [providers.data, models.data],
  );
  const withImport: Column<CatalogueRow>[] = [
    ...columns,
    {
      key: "import",
      head: <span className="sr-only">Import</span>,
      width: "100px",
      isRight: true,
      priority: 1,
      cell: (row) => <ImportButton row={row} set={set} />,
    },
  ];
  const chosen = providers.data?.find((provider) => provider.name === search.sel);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="grid gap-3 p-3 md:p-4">
        <Panel title="Models of the catalogue" note="Each figure with its source and date">
          <Loaded
            query={{ ...providers, data: rows }}
            what="Providers"
            skeleton={<SkeletonRows rows={3} />}
          >
            {(rows) => (
              <DataTable<CatalogueRow>
                label="Models of the catalogue by provider"
                rows={rows}
                rowKey={(row) => row.provider.name}
                columns={mayImport ? withImport : columns}
                phoneRow={(row) => <PhoneRow row={row} set={set} mayImport={mayImport} />}
                empty={
                  <Empty
                    title="The catalogue fills providers with models"
                    action={
                      <Button onClick={() => set({ tab: "providers", new: true })}>
                        Add provider
                      </Button>
                    }
                  />
                }
              />
            )}
          </Loaded>
        </Panel>
        <Findings providers={providers.data} search={search} set={set} />
      </div>
      {chosen && search.edit === "import" && mayImport && (
        <ImportDialog
          key={chosen.name}
          provider={chosen}
          onClose={() => set({ sel: undefined, edit: undefined })}
        />
      )}
    </div>
  );
}

const ImportButton = ({ row, set }: { row: CatalogueRow; set: SetSearch }) => (
  <Button
    aria-label={`Import models of ${row.provider.name}`}
    onClick={() => set({ sel: row.provider.name, edit: "import" })}
  >
    Import
  </Button>
);

const PhoneRow = (props: { row: CatalogueRow; set: SetSearch; mayImport: boolean }) => (
  <div className="flex items-center justify-between gap-3">
    <div className="grid min-w-0 gap-0.5">
      <span dir="auto" className="truncate font-medium">
        {props.row.provider.name}
      </span>
      <span className="num truncate text-xs text-ink-3">
        {kindLabel(props.row.provider.kind)} · {count(props.row.taken)} taken over
        {props.row.oldest && ` · ${date(props.row.oldest)}`}
      </span>
    </div>
    {props.mayImport && <ImportButton row={props.row} set={props.set} />}
  </div>
);
