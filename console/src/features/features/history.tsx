import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, type Schemas } from "@/api/client";
import { useCan } from "@/api/session";
import { undo } from "@/api/write";
import { whatWords } from "@/lib/decisions";
import { ago, moment, words } from "@/lib/format";
import { useNow } from "@/lib/use-now";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { Denied, Empty, Loaded, SkeletonRows } from "@/ui/states";
import { assignmentsQuery, type Feature } from "./queries";

type Entry = Schemas["JournalEntry"];
type Page = Schemas["Page_JournalEntry"];
/** The pages of several objects' journals that were asked for together, and where each goes on. */
export type Round = { pages: Map<string, Page> };
type Cursors = Record<string, string | undefined>;

const JOURNAL = "/api/platform/ai-management/journal";
const LIMIT = 20;

/** Who changed the feature or its models, the latest first. */
export function History({ feature }: { feature: Feature }) {
  const can = useCan();
  const assignments = useQuery(assignmentsQuery(feature.name));
  const objects = [feature.id, ...(assignments.data?.items ?? []).map((one) => one.id)];
  const now = useNow(30_000);
  const history = useInfiniteQuery({
    queryKey: ["get", JOURNAL, { objects }],
    enabled: can("journal.read") && !assignments.isPending,
    initialPageParam: Object.fromEntries(objects.map((id) => [id, undefined])) as Cursors,
    queryFn: async ({ pageParam, signal }): Promise<Round> => {
      const read = async (object: string, cursor?: string) => {
        const query = { object, limit: LIMIT, cursor };
        const { data } = await api.GET(JOURNAL, { params: { query }, signal });
        return [object, data!] as const;
      };
      const all = Object.entries(pageParam).map(([object, cursor]) => read(object, cursor));
      return { pages: new Map(await Promise.all(all)) };
    },
    getNextPageParam: ({ pages }) => {
      const open = [...pages].filter(([, page]) => page.next_cursor);
      if (open.length === 0) return undefined;
      return Object.fromEntries(open.map(([object, page]) => [object, page.next_cursor!]));
    },
  });
  if (!can("journal.read")) {
    return <Denied what="The history" detail="Seeing it needs the right journal.read." />;
  }
  return (
    <Loaded query={history} what="The history" skeleton={<SkeletonRows rows={4} />}>
      {({ pages }) => {
        const entries = inOrder(pages);
        if (entries.length === 0) return <Empty title="Nothing was changed yet" />;
        return (
          <div className="grid gap-2">
            <ol className="panel divide-y divide-line">
              {entries.map((entry) => (
                <li key={entry.seq}>
                  <Line entry={entry} now={now} />
                </li>
              ))}
            </ol>
            {history.hasNextPage && (
              <Button disabled={history.isFetching} onClick={() => void history.fetchNextPage()}>
                Show earlier ones
              </Button>
            )}
          </div>
        );
      }}
    </Loaded>
  );
}

function Line({ entry, now }: { entry: Entry; now: number }) {
  const can = useCan();
  return (
    <div className="flex items-center pr-2 hover:bg-hover">
      <Link
        to="/journal"
        search={{ sel: entry.seq }}
        className="grid min-w-0 flex-1 gap-0.5 px-3 py-2"
      >
        <span className="flex items-baseline justify-between gap-2">
          <span className="min-w-0 truncate text-sm font-medium">
            {whatWords(entry)}{" "}
            {entry.kind === "assignment" && (
              <span className="font-normal text-ink-2">{entry.name?.split("/").at(-1)}</span>
            )}
          </span>
          <time
            dateTime={entry.at}
            title={moment(entry.at)}
            className="num shrink-0 text-xs text-ink-3"
          >
            {ago(entry.at, now)}
          </time>
        </span>
        <span dir="auto" className="truncate text-xs text-ink-3">
          {entry.actor ?? words(entry.actor_kind)}
          {entry.undo.undone_by && ", taken back since"}
          {entry.reason && `: ${entry.reason}`}
        </span>
      </Link>
      {entry.undo.possible && can("journal.undo") && (
        <Button variant="ghost" onClick={() => takeBack(entry)}>
          Undo
        </Button>
      )}
    </div>
  );
}

function takeBack(entry: Entry) {
  const what = `${whatWords(entry)} ${entry.name ?? ""}`.trim();
  review({
    title: `Undo: ${what}`,
    verb: "Undo",
    done: `Undone: ${what}`,
    write: undo(entry.seq),
  });
}

/**
 * Entries of all objects by time, as far as every object was read: what is older than the last entry of an object that
 * goes on could have others of it before.
 */
export function inOrder(rounds: Round[]): Entry[] {
  const pages = rounds.flatMap((round) => [...round.pages.values()]);
  const open = [...(rounds.at(-1)?.pages.values() ?? [])].filter((page) => page.next_cursor);
  const floor = Math.max(0, ...open.map((page) => page.items.at(-1)?.seq ?? 0));
  return pages
    .flatMap((page) => page.items)
    .filter((entry) => entry.seq >= floor)
    .toSorted((one, other) => other.seq - one.seq);
}
