import { getRouteApi } from "@tanstack/react-router";
import { useCallback } from "react";
import { plural } from "@/lib/format";
import { LogTable } from "@/tables/log-table";
import { Button } from "@/ui/button";
import { PageHeader } from "@/ui/page";
import { Empty, Loaded, SkeletonRows } from "@/ui/states";
import { columns, PhoneRow } from "./columns";
import { EntryPanel } from "./entry-panel";
import { Filters } from "./filters";
import type { Entry } from "./queries";
import { isNarrowed, type JournalSearch, NO_FILTERS } from "./search";
import { useEntries } from "./use-entries";
import { Verification } from "./verification";

const route = getRouteApi("/journal");
const rowKey = (entry: Entry) => String(entry.seq);

export function JournalPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const entries = useEntries(search);
  const change = useCallback(
    (next: Partial<JournalSearch>) =>
      void navigate({ search: (old) => ({ ...old, ...next }), replace: true }),
    [navigate],
  );
  const close = useCallback(() => change({ sel: undefined, view: undefined }), [change]);
  return (
    <div className="flex h-full flex-col">
      <PageHeader title="Journal" sub={<Count of={entries} />}>
        <Verification
          isOpen={search.verify === true}
          onOpen={(isOpen) => change({ verify: isOpen || undefined })}
        />
      </PageHeader>
      <Filters search={search} change={change} entries={entries.rows ?? []} />
      <div className="flex min-h-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <Loaded
            query={{ ...entries.query, data: entries.rows }}
            what="The journal"
            skeleton={
              <div className="flex-1 bg-surface pt-8">
                <SkeletonRows rows={16} className="h-8 max-md:h-[60px]" />
              </div>
            }
          >
            {(rows) => (
              <LogTable
                label="Journal"
                rows={rows}
                rowKey={rowKey}
                columns={columns}
                phoneRow={PhoneRow}
                selected={search.sel === undefined ? undefined : String(search.sel)}
                onSelect={(key) => change({ sel: key === undefined ? undefined : Number(key) })}
                onEnd={entries.isLeft ? undefined : entries.onEnd}
                empty={<Nothing search={search} change={change} of={entries} />}
                footer={<Further of={entries} />}
              />
            )}
          </Loaded>
        </div>
        {search.sel !== undefined && (
          <EntryPanel
            key={search.sel}
            seq={search.sel}
            view={search.view}
            change={change}
            onClose={close}
          />
        )}
      </div>
    </div>
  );
}

type Entries = ReturnType<typeof useEntries>;

function Count({ of }: { of: Entries }) {
  if (!of.rows) return null;
  const text = `${plural(of.rows.length, "entry", "entries")}${of.hasMore ? " read" : ""}`;
  return (
    <span role="status" className="num text-xs text-ink-3">
      {text}
    </span>
  );
}

/** Where what is sought is rare, the reader says whether to go on. */
function Further({ of }: { of: Entries }) {
  if (!of.isLeft) return null;
  return (
    <div className="flex items-center justify-center gap-3 border-t border-line bg-surface px-4 py-2 text-xs text-ink-3">
      Only the younger entries were looked through.
      <Button onClick={of.seekOn}>Look at older ones</Button>
    </div>
  );
}

function Nothing(props: {
  search: JournalSearch;
  change: (search: Partial<JournalSearch>) => void;
  of: Entries;
}) {
  if (props.of.isSeeking) return <SkeletonRows className="h-8" />;
  if (!isNarrowed(props.search))
    return (
      <Empty title="Nothing was decided yet">
        Each change of configuration stands here, with who made it and why.
      </Empty>
    );
  return (
    <Empty
      title="No entries match these filters"
      action={<Button onClick={() => props.change(NO_FILTERS)}>Clear</Button>}
    />
  );
}
