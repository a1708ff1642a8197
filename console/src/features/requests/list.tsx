import { type RefObject, useMemo } from "react";
import { ApiError } from "@/api/problem";
import { plural } from "@/lib/format";
import { useMedia } from "@/lib/use-media";
import { LogTable } from "@/tables/log-table";
import { Failure, SkeletonRows } from "@/ui/states";
import { Unread } from "@/ui/unread";
import { columns, phoneRow } from "./columns";
import { NoRequests, NothingSo } from "./empty";
import { Footer } from "./footer";
import type { Call } from "./queries";
import { NO_FILTERS, type RequestSearch } from "./search";
import type { useList } from "./use-list";

type Props = {
  list: ReturnType<typeof useList>;
  scroller: RefObject<HTMLDivElement | null>;
  search: RequestSearch;
  set: (part: Partial<RequestSearch>) => void;
  select: (id: string | undefined) => void;
};

const rowKey = (call: Call) => call.id;

/** The rows, or why there are none. */
export function List({ list, scroller, search, set, select }: Props) {
  const { query, tail, isLive, hasDays } = list;
  const isNarrow = useMedia("(max-width: 1279px)");
  const shown = useMemo(() => columns(hasDays, isNarrow), [hasDays, isNarrow]);
  if (query.error && list.rows.length === 0) {
    // A filter names what there is not, or not any more.
    if (query.error instanceof ApiError && query.error.status === 404)
      return <NothingSo detail={query.error.detail} onClear={() => set(NO_FILTERS)} />;
    return (
      <div className="flex-1">
        <Failure what="Requests" error={query.error} onRetry={() => void query.refetch()} />
      </div>
    );
  }
  // Rare calls may be far back: as long as they are looked for, nothing is said of them.
  const isLooking = list.rows.length === 0 && query.hasNextPage;
  if (query.isPending || isLooking) {
    return (
      <div className="flex-1 overflow-hidden bg-surface">
        {isLooking && <p className="px-4 py-2 text-xs text-ink-3">Looking further back</p>}
        <SkeletonRows rows={24} className="h-8 max-md:h-15" />
      </div>
    );
  }
  return (
    <div className="relative flex min-w-0 flex-1 flex-col" aria-busy={query.isPlaceholderData}>
      {query.isPlaceholderData && (
        <div
          aria-hidden
          className="appear-late absolute inset-x-0 top-0 z-20 h-0.5 animate-pulse bg-accent-solid"
        />
      )}
      <LogTable
        label="Requests"
        rows={list.rows}
        before={list.before}
        rowKey={rowKey}
        columns={shown}
        phoneRow={phoneRow}
        selected={search.sel}
        onSelect={select}
        onEnd={list.onEnd}
        onStart={list.onStart}
        scroller={scroller}
        empty={<NoRequests search={search} set={set} isLive={isLive} />}
        footer={
          <>
            {query.error && (
              <Unread
                what="Older requests"
                error={query.error}
                onRetry={() => void query.fetchNextPage()}
              />
            )}
            <Footer
              tail={tail}
              onOlder={() => set({ at: tail.shown.at(-1)?.at, live: undefined })}
            />
          </>
        }
      />
      {isLive && (tail.waitingCount > 0 || list.hasMissed) && (
        <button
          type="button"
          onClick={list.toTop}
          className="num absolute top-10 left-1/2 z-20 inline-flex h-7 -translate-x-1/2 items-center gap-1.5 rounded-full bg-accent-solid px-3 text-xs font-medium text-on-accent shadow-pop hover:brightness-110 max-md:top-2 pointer-coarse:h-11"
        >
          <span aria-hidden>↑</span>
          {list.hasMissed ? "Newer requests" : plural(tail.waitingCount, "new", "new")}
        </button>
      )}
    </div>
  );
}
