import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Schemas } from "@/api/client";
import { words } from "@/lib/format";
import type { Column } from "@/tables/column";
import { DataTable } from "@/tables/data-table";
import { Button } from "@/ui/button";
import { Select } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { Empty, Loaded } from "@/ui/states";
import { findingsQuery } from "./catalogue-queries";
import type { ModelsSearch, SetSearch } from "./search";

type Finding = Schemas["CatalogFinding"];
type Statement = Schemas["CatalogStatement"];

const Said = ({ by }: { by: Statement }) => (
  <span className="block">
    <span className="num [overflow-wrap:anywhere]">{by.value}</span>{" "}
    <span className="text-xs text-ink-3">{by.source}</span>
  </span>
);

const Kept = ({ of }: { of: Finding }) =>
  of.kept ? <Said by={of.kept} /> : <span className="text-ink-3">Left out</span>;

const Name = ({ of }: { of: Finding }) => (
  <span className="block font-mono text-xs font-medium [overflow-wrap:anywhere]">
    {of.provider}/{of.model}
  </span>
);

const columns: Column<Finding>[] = [
  {
    key: "model",
    head: "Model",
    width: "minmax(200px,1.5fr)",
    priority: 1,
    cell: (finding) => <Name of={finding} />,
  },
  {
    key: "field",
    head: "Figure",
    width: "180px",
    priority: 1,
    cell: (finding) => <span className="text-ink-2">{words(finding.field)}</span>,
  },
  {
    key: "kept",
    head: "In the catalogue",
    width: "minmax(140px,1fr)",
    priority: 1,
    cell: (finding) => <Kept of={finding} />,
  },
  {
    key: "others",
    head: "Others say",
    width: "minmax(140px,1fr)",
    priority: 1,
    cell: (finding) => finding.others.map((by) => <Said key={by.source} by={by} />),
  },
];

const PhoneRow = (finding: Finding) => (
  <div className="grid gap-1 text-sm">
    <Name of={finding} />
    <span className="text-xs text-ink-3">{words(finding.field)}</span>
    <Kept of={finding} />
    <div className="text-ink-2">
      {finding.others.map((by) => (
        <Said key={by.source} by={by} />
      ))}
    </div>
  </div>
);

/** Where the sources of the catalogue disagree, and which of them was followed. */
export function Findings(props: {
  providers: Schemas["Provider"][] | undefined;
  search: ModelsSearch;
  set: SetSearch;
}) {
  const { search, set } = props;
  const findings = useInfiniteQuery(findingsQuery(search.provider));
  const rows = useMemo(() => findings.data?.pages.flatMap((page) => page.items), [findings.data]);
  return (
    <Panel
      title="Where sources disagree"
      note="Dollars per million, or tokens"
      actions={
        <Select
          label="Provider"
          className="max-w-48"
          value={search.provider ?? ""}
          onChange={(event) => set({ provider: event.target.value || undefined })}
        >
          <option value="">Every provider</option>
          {props.providers?.map((provider) => (
            <option key={provider.id} value={provider.name}>
              {provider.name}
            </option>
          ))}
        </Select>
      }
    >
      <Loaded query={{ ...findings, data: rows }} what="Findings">
        {(rows) => (
          <>
            <DataTable<Finding>
              label="Where sources disagree"
              rows={rows}
              rowKey={(finding) => `${finding.provider}/${finding.model} ${finding.field}`}
              columns={columns}
              phoneRow={PhoneRow}
              empty={
                <Empty
                  title="The sources agree"
                  action={
                    search.provider && (
                      <Button onClick={() => set({ provider: undefined })}>
                        Show every provider
                      </Button>
                    )
                  }
                >
                  About every figure of every model of this provider.
                </Empty>
              }
            />
            {findings.hasNextPage && (
              <div className="grid place-items-center border-t border-line p-2">
                <Button
                  disabled={findings.isFetchingNextPage}
                  onClick={() => void findings.fetchNextPage()}
                >
                  Show more
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
