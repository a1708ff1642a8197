import { count } from "@/lib/format";
import type { useList } from "./use-list";

/** `5,320 of 100,000` */
export function Counted({ list }: { list: ReturnType<typeof useList> }) {
  return (
    <span role="status" className="num text-xs text-ink-3">
      {list.query.data && countText(list)}
    </span>
  );
}

export type Counts = {
  /** Rows down to where was read. */
  read: number;
  /** There are no more rows than these. */
  isWhole: boolean;
  /** What the sums say, where they know of all filters. */
  told?: number;
  /** The sums count the same span as the list. */
  isExact: boolean;
  /** In the span, whatever the filters. */
  total?: number;
};

export function countText({ read, isWhole, told, isExact, total }: Counts): string {
  const matching = isWhole ? read : (told ?? read);
  const sign = isWhole ? "" : told === undefined ? "+" : isExact ? "" : " or so";
  const rest = total !== undefined && total > matching ? ` of ${count(total)}` : "";
  return count(matching) + sign + rest;
}
