import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  memo,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { cx } from "@/lib/cx";
import { usePhone } from "@/lib/use-media";
import { type Column, fitting, moved } from "./column";

type Props<R> = {
  label: string;
  rows: R[];
  rowKey: (row: R) => string;
  /** The same array as long as the columns are the same: rows are drawn anew when it is another one. */
  columns: Column<R>[];
  /** The two lines of a row on a phone. */
  phoneRow: (row: R) => ReactNode;
  selected?: string;
  onSelect: (key: string | undefined) => void;
  /** How many rows there are in all, where that is known. */
  total?: number;
  /** The reader nears the end of what was read. */
  onEnd?: () => void;
  /** So many rows stood before these and were let go. */
  before?: number;
  /** The reader nears rows that were let go; the first row in view. */
  onStart?: (first: number) => void;
  /** The element that scrolls, for who wants to know where it stands. */
  scroller?: RefObject<HTMLDivElement | null>;
  /** What stands in place of rows. */
  empty?: ReactNode;
  footer?: ReactNode;
};

/** Where the reader is: at a row, wherever it moves to. */
type Place = { index: number; key?: string };

const ROW = 32;
const PHONE_ROW = 60;
/** Words beside figures that end where the words begin need room. */
const AFTER_FIGURE = "[.figure+&]:pl-5";
/** So many rows before the end the next ones are asked for. */
const AHEAD = 240;

/** A long list of which only what is on screen is drawn. J, K and arrows move, Enter opens, Escape closes. */
export function LogTable<R>(props: Props<R>) {
  const { rows, rowKey, selected, onSelect, onEnd, onStart, before = 0 } = props;
  const isPhone = usePhone();
  const own = useRef<HTMLDivElement>(null);
  const scroller = props.scroller ?? own;
  const [at, setAt] = useState<Place>({ index: 0 });
  const hasPanel = selected !== undefined;
  const { shown, tracks } = useMemo(
    () => fitting(props.columns, hasPanel),
    [props.columns, hasPanel],
  );
  const height = isPhone ? PHONE_ROW : ROW;
  const count = before + rows.length;
  const active = indexOf(at, rows, before, rowKey);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    useFlushSync: false,
    getItemKey: (index) => (index < before ? index : rowKey(rows[index - before]!)),
  });
  useEffect(() => virtual.measure(), [height, virtual]);
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const firstShown = items[0]?.index ?? 0;
  useEffect(() => {
    if (onEnd && rows.length > 0 && lastShown >= count - AHEAD) onEnd();
  }, [onEnd, lastShown, rows.length, count]);
  useEffect(() => {
    if (onStart && firstShown < before + AHEAD && before > 0) onStart(firstShown);
  }, [onStart, firstShown, before]);
  const latest = useRef(onSelect);
  latest.current = onSelect;
  const pick = useCallback((index: number, key: string) => {
    setAt({ index, key });
    latest.current(key);
  }, []);
  const onKey = (event: KeyboardEvent) => {
    const target = moved(event.key, active, count);
    const row = rows[(target ?? active) - before];
    if (target !== undefined) {
      event.preventDefault();
      setAt({ index: target, key: row && rowKey(row) });
      virtual.scrollToIndex(target);
      if (selected !== undefined && row) onSelect(rowKey(row));
    } else if (event.key === "Enter" && row) onSelect(rowKey(row));
  };
  // A grid holds rows and nothing else.
  if (count === 0 && props.empty) {
    return (
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <div className="min-h-0 flex-1 overflow-auto bg-surface">{props.empty}</div>
        {props.footer}
      </div>
    );
  }
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div
        ref={scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={(props.total ?? count) + 1}
        aria-colcount={shown.length}
        tabIndex={0}
        onKeyDown={onKey}
        aria-activedescendant={
          items.some((item) => item.index === active) ? `row-${active}` : undefined
        }
        className="min-h-0 flex-1 overflow-auto bg-surface focus-visible:outline-offset-[-2px]"
      >
        <div
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: tracks }}
          className="sticky top-0 z-10 grid h-8 items-center border-b border-line bg-surface px-2.5 text-xs font-medium text-ink-3 max-md:sr-only"
        >
          {shown.map((column) => (
            <div
              key={column.key}
              role="columnheader"
              className={cx("px-1.5", column.isRight ? "figure text-right" : AFTER_FIGURE)}
            >
              {column.head}
            </div>
          ))}
        </div>
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index - before];
            if (row === undefined) return null;
            const key = rowKey(row);
            return (
              <Row
                key={key}
                id={key}
                row={row}
                index={item.index}
                top={item.start}
                height={item.size}
                isSelected={key === selected}
                isActive={item.index === active}
                columns={isPhone ? null : (shown as Column<unknown>[])}
                phoneRow={props.phoneRow as (row: unknown) => ReactNode}
                tracks={tracks}
                pick={pick}
              />
            );
          })}
        </div>
      </div>
      {props.footer}
    </div>
  );
}

/** Rows that come in above push the one that the reader is at down; its index follows. */
function indexOf<R>(at: Place, rows: R[], before: number, rowKey: (row: R) => string): number {
  const there = rows[at.index - before];
  if (at.key === undefined || (there !== undefined && rowKey(there) === at.key)) return at.index;
  const found = rows.findIndex((row) => rowKey(row) === at.key);
  return found < 0 ? Math.max(0, Math.min(at.index, before + rows.length - 1)) : before + found;
}

type RowProps = {
  id: string;
  row: unknown;
  index: number;
  top: number;
  height: number;
  isSelected: boolean;
  isActive: boolean;
  columns: Column<unknown>[] | null;
  phoneRow: (row: unknown) => ReactNode;
  tracks: string;
  pick: (index: number, key: string) => void;
};

const sameRow = (one: RowProps, other: RowProps) =>
  one.row === other.row &&
  one.index === other.index &&
  one.top === other.top &&
  one.height === other.height &&
  one.isSelected === other.isSelected &&
  one.isActive === other.isActive &&
  one.tracks === other.tracks &&
  one.columns === other.columns;

const Row = memo(function Row(props: RowProps) {
  const { row, columns, tracks } = props;
  return (
    <div
      id={`row-${props.index}`}
      role="row"
      aria-rowindex={props.index + 2}
      aria-selected={props.isSelected}
      onClick={() => props.pick(props.index, props.id)}
      style={{
        gridTemplateColumns: columns ? tracks : undefined,
        transform: `translateY(${props.top}px)`,
        height: props.height,
      }}
      className={cx(
        "absolute inset-x-0 top-0 cursor-default border-b border-line text-sm",
        columns ? "grid items-center px-2.5" : "flex items-center px-3",
        props.isSelected ? "bg-selected" : props.isActive ? "bg-hover" : "hover:bg-hover",
      )}
    >
      {columns ? (
        columns.map((column) => (
          <div
            key={column.key}
            role="gridcell"
            className={cx(
              "flex min-w-0 items-center gap-2 px-1.5",
              column.isRight ? "figure justify-end" : AFTER_FIGURE,
            )}
          >
            {column.cell(row)}
          </div>
        ))
      ) : (
        <div role="gridcell" className="min-w-0 flex-1">
          {props.phoneRow(row)}
        </div>
      )}
    </div>
  );
}, sameRow);
