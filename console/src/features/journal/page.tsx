import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useCallback, useRef } from "react";
import { count, plural } from "@/lib/format";
import { LogTable } from "@/tables/log-table";
import { Button } from "@/ui/button";
import { PageHeader } from "@/ui/page";
import { Empty, Loaded, SkeletonRows } from "@/ui/states";
import { Unread } from "@/ui/unread";
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
  const scroller = useRef<HTMLDivElement>(null);
  const entries = useEntries(search, scroller);
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
                scroller={scroller}
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

/** What is not shown, and how to get at it: where what is sought is rare, the reader says whether to go on. */
function Further({ of }: { of: Entries }) {
  return (
    <>
      {(of.hasMissed || of.isLater) && (
        <Line button="Show the youngest" onClick={of.toYoungest}>
          {of.isLater ? "These are older entries." : "Many entries were added meanwhile."}
        </Line>
      )}
      {of.unread ? (
        <Unread what="Older entries" error={of.unread} onRetry={of.retry} />
      ) : of.goOn ? (
        <Line button="Go on to older ones" onClick={of.goOn}>
          No more than {count(of.rows?.length ?? 0)} entries are kept in a list.
        </Line>
      ) : (
        of.isLeft && (
          <Line button="Look at older ones" onClick={of.seekOn}>
            Only the younger entries were looked through.
          </Line>
        )
      )}
    </>
  );
}

const Line = (props: { children: ReactNode; button: string; onClick: () => void }) => (
  <div className="num flex flex-wrap items-center justify-center gap-x-3 gap-y-1 border-t border-line bg-surface px-4 py-2 text-xs text-ink-3">
    <span>{props.children}</span>
    <Button onClick={props.onClick}>{props.button}</Button>
  </div>
);

function Nothing(props: {
  search: JournalSearch;
  change: (search: Partial<JournalSearch>) => void;
  of: Entries;
}) {
  if (props.of.unread) return null;
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
