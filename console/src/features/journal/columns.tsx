import { whatWords } from "@/lib/decisions";
import { moment, words } from "@/lib/format";
import type { Column } from "@/tables/column";
import { Tag } from "@/ui/status";
import { actorWord, entryWords } from "./entry-words";
import type { Entry } from "./queries";

export const columns: Column<Entry>[] = [
  {
    key: "at",
    head: "Time",
    width: "132px",
    priority: 1,
    cell: (entry) => <span className="num text-ink-2">{moment(entry.at)}</span>,
  },
  {
    key: "actor",
    head: "Who",
    width: "minmax(110px,0.7fr)",
    priority: 2,
    cell: (entry) => <Actor entry={entry} />,
  },
  {
    key: "what",
    head: "What",
    width: "160px",
    priority: 1,
    cell: (entry) => <span className="truncate">{whatWords(entry)}</span>,
  },
  {
    key: "object",
    head: "Which",
    width: "minmax(150px,1.2fr)",
    priority: 1,
    cell: (entry) => (
      <span dir="auto" title={entry.name ?? entry.object} className="truncate font-medium">
        {entry.name ?? <span className="font-normal text-ink-3">erased</span>}
      </span>
    ),
  },
  {
    key: "reason",
    head: "Why",
    width: "minmax(120px,1.2fr)",
    priority: 2,
    cell: (entry) => (
      <span dir="auto" title={entry.reason ?? undefined} className="truncate text-ink-2">
        {entry.reason}
      </span>
    ),
  },
  {
    key: "marks",
    head: <span className="sr-only">Taken back</span>,
    width: "104px",
    priority: 3,
    cell: (entry) => <Marks entry={entry} />,
  },
  {
    key: "seq",
    head: "Entry",
    width: "64px",
    priority: 3,
    isRight: true,
    cell: (entry) => <span className="num text-ink-3">{entry.seq}</span>,
  },
];

export const Actor = ({ entry }: { entry: Entry }) => (
  <span dir="auto" className="truncate text-ink-2" title={words(entry.actor_kind)}>
    {actorWord(entry)}
  </span>
);

/** Whether it was taken back, or takes another one back. */
export function Marks({ entry }: { entry: Entry }) {
  const { undone_by, undoes } = entry.undo;
  if (undone_by) return <Tag tone="warn">Undone by {undone_by}</Tag>;
  if (undoes) return <Tag tone="info">Undoes {undoes}</Tag>;
  return null;
}

export const PhoneRow = (entry: Entry) => (
  <span className="grid grid-cols-1 gap-0.5">
    <span className="flex items-center justify-between gap-3">
      <span dir="auto" className="truncate font-medium">
        {entryWords(entry)}
      </span>
      <Marks entry={entry} />
    </span>
    <span className="num flex justify-between gap-3 text-xs text-ink-3">
      <span className="truncate">
        <bdi>{actorWord(entry)}</bdi>
        {entry.reason && (
          <>
            {" · "}
            <bdi>{entry.reason}</bdi>
          </>
        )}
      </span>
      <span className="shrink-0">{moment(entry.at)}</span>
    </span>
  </span>
);
