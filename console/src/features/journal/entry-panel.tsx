import { useQuery } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { undo } from "@/api/write";
import { kindWord, whatWords } from "@/lib/decisions";
import { moment, words } from "@/lib/format";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { Code, CopyButton } from "@/ui/copy";
import { DiffTable } from "@/ui/diff";
import { Tabs } from "@/ui/filter";
import { Facts } from "@/ui/panel";
import { SidePanel } from "@/ui/side-panel";
import { Empty, Loaded, SkeletonRows } from "@/ui/states";
import { actorWord, entryWords, fieldByField } from "./entry-words";
import { type Detail, entryQuery } from "./queries";
import { type JournalSearch, NO_FILTERS } from "./search";

type Change = (search: Partial<JournalSearch>) => void;

/** One decision: who, what, why, both states, and the way back. */
export function EntryPanel(props: {
  seq: number;
  view: JournalSearch["view"];
  change: Change;
  onClose: () => void;
}) {
  const entry = useQuery(entryQuery(props.seq));
  return (
    <SidePanel
      label="Entry"
      title={
        <>
          <span className="num">Entry {props.seq}</span>
          {entry.data && (
            <span className="truncate font-normal text-ink-2">{whatWords(entry.data)}</span>
          )}
        </>
      }
      onClose={props.onClose}
      footer={entry.data && <WayBack entry={entry.data} change={props.change} />}
    >
      <Loaded query={entry} what="This entry" skeleton={<SkeletonRows rows={8} />}>
        {(found) => (
          <div className="grid gap-4">
            <About entry={found} change={props.change} />
            <States entry={found} view={props.view} change={props.change} />
          </div>
        )}
      </Loaded>
    </SidePanel>
  );
}

function About({ entry, change }: { entry: Detail; change: Change }) {
  const { undone_by, undoes } = entry.undo;
  const only = (filters: Partial<JournalSearch>) => change({ ...NO_FILTERS, ...filters });
  const open = (seq: number) => <More onClick={() => change({ sel: seq })}>Entry {seq}</More>;
  const actor = entry.actor_id ?? (entry.actor_kind === "system" ? "system" : undefined);
  return (
    <Facts
      rows={[
        ["When", moment(entry.at)],
        [
          "Who",
          <span key="who">
            <bdi>{actorWord(entry)}</bdi>{" "}
            <span className="text-ink-3">
              {entry.actor_kind === "system" ? "" : entry.actor_kind}
            </span>
            {actor && <More onClick={() => only({ actor })}>Their changes</More>}
          </span>,
        ],
        [
          words(kindWord(entry.kind)),
          <span key="object">
            <bdi>{entry.name ?? "erased"}</bdi>
            <More onClick={() => only({ object: entry.object })}>Its history</More>
          </span>,
        ],
        entry.reason ? ["Why", <bdi key="why">{entry.reason}</bdi>] : null,
        entry.change_set
          ? [
              "Changed as one with others",
              <More key="set" onClick={() => only({ set: entry.change_set ?? undefined })}>
                Show the change set
              </More>,
            ]
          : null,
        undone_by ? ["Taken back by", open(undone_by)] : null,
        undoes ? ["Takes back", open(undoes)] : null,
        ["Place in the chain", entry.number],
        [
          "Hash",
          <span key="hash" className="flex items-center gap-1">
            <code title={entry.hash} className="font-mono text-xs">
              {entry.hash.slice(0, 16)}…
            </code>
            <CopyButton text={entry.hash} label="Copy hash" />
          </span>,
        ],
      ]}
    />
  );
}

const More = ({ onClick, children }: { onClick: () => void; children: ReactNode }) => (
  <button
    type="button"
    onClick={onClick}
    className="ml-2 rounded text-xs text-accent hover:underline pointer-coarse:min-h-11"
  >
    {children}
  </button>
);

const VIEWS = { changes: "What changed", before: "Before", after: "After" } as const;

function States({
  entry,
  view,
  change,
}: {
  entry: Detail;
  view?: JournalSearch["view"];
  change: Change;
}) {
  if (entry.erased)
    return <Empty title="Its states are erased">The chain still proves that it was made.</Empty>;
  const shown: keyof typeof VIEWS = view ?? "changes";
  const views = (Object.keys(VIEWS) as (keyof typeof VIEWS)[]).filter(
    (one) => one === "changes" || one === shown || entry[one],
  );
  return (
    <section aria-label="States" className="grid gap-2">
      <Tabs
        label="States"
        value={shown}
        onChange={(next) => change({ view: next === "changes" ? undefined : next })}
        tabs={views.map((value) => ({ value, label: VIEWS[value] }))}
      />
      {shown === "changes" ? (
        <DiffTable differences={fieldByField(entry.differences)} />
      ) : entry[shown] ? (
        <Code label={`State ${shown}`} wrap>
          {JSON.stringify(entry[shown], null, 2)}
        </Code>
      ) : (
        <p className="text-sm text-ink-3">
          {shown === "before" ? "There was no such thing before." : "It is there no more."}
        </p>
      )}
    </section>
  );
}

/** The button that takes it back, or why there is none. */
function WayBack({ entry, change }: { entry: Detail; change: Change }) {
  if (!entry.undo.possible)
    return (
      <p className="text-xs text-ink-3">
        <span className="font-medium text-ink-2">It can’t be undone</span>
        {entry.undo.why && <bdi>: {entry.undo.why}</bdi>}
      </p>
    );
  const words = entryWords(entry);
  return (
    <Button
      onClick={() =>
        review({
          title: `Undo entry ${entry.seq}`,
          verb: "Undo",
          done: `Undone: ${words}`,
          note: (
            <p className="text-sm text-ink-2">
              {words}, {moment(entry.at)}
            </p>
          ),
          write: undo(entry.seq),
          onDone: (answer) =>
            answer.journal_seq && change({ sel: answer.journal_seq, view: undefined }),
        })
      }
    >
      <Undo2 aria-hidden className="size-3.5" /> Undo this change
    </Button>
  );
}
