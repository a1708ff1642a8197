import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { cx } from "@/lib/cx";
import { usePhone } from "@/lib/use-media";
import { type Column, fitting, moved } from "./column";

type Props<R> = {
  label: string;
  rows: R[];
  rowKey: (row: R) => string;
  columns: Column<R>[];
  phoneRow: (row: R) => ReactNode;
  selected?: string;
  /** Rows open something: a click or Enter does. */
  onSelect?: (key: string | undefined) => void;
  empty?: ReactNode;
};

type Order = { key: string; isDescending: boolean };

/** A list of some hundred things. Heads order it where a column has an order; rows lead to a panel. */
export function DataTable<R>({
  label,
  rows,
  rowKey,
  columns,
  phoneRow,
  selected,
  onSelect,
  empty,
}: Props<R>) {
  const isPhone = usePhone();
  const body = useRef<HTMLTableSectionElement>(null);
  const [order, setOrder] = useState<Order | null>(null);
  const [active, setActive] = useState(0);
  const { shown } = fitting(columns, selected !== undefined);
  const ordered = inOrder(rows, columns, order);
  // Rows may have gone; one of those that are left can always be reached.
  const reachable = Math.min(active, ordered.length - 1);
  if (rows.length === 0) return empty;
  const focus = (index: number) => {
    setActive(index);
    (body.current?.children[index] as HTMLTableRowElement | undefined)?.focus();
  };
  const onKey = (event: KeyboardEvent, index: number, key: string) => {
    // Buttons within a row have keys of their own.
    if (event.target !== event.currentTarget) return;
    const target = moved(event.key, index, ordered.length);
    if (target !== undefined) {
      event.preventDefault();
      focus(target);
      const row = ordered[target];
      if (selected !== undefined && row) onSelect?.(rowKey(row));
    } else if (event.key === "Enter") onSelect?.(key);
  };
  return (
    <div className="overflow-x-auto">
      <table aria-label={label} className="w-full border-collapse text-sm">
        {!isPhone && (
          <thead>
            <tr className="h-8 border-b border-line text-xs text-ink-3">
              {shown.map((column) => (
                <Head key={column.key} column={column} order={order} onOrder={setOrder} />
              ))}
            </tr>
          </thead>
        )}
        <tbody ref={body}>
          {ordered.map((row, index) => {
            const key = rowKey(row);
            return (
              <tr
                key={key}
                tabIndex={onSelect ? (index === reachable ? 0 : -1) : undefined}
                aria-selected={onSelect ? key === selected : undefined}
                onClick={
                  onSelect &&
                  (() => {
                    setActive(index);
                    onSelect(key);
                  })
                }
                onKeyDown={onSelect && ((event) => onKey(event, index, key))}
                className={cx(
                  "h-9 border-b border-line last:border-0 focus-visible:outline-offset-[-2px]",
                  key === selected ? "bg-selected" : onSelect && "hover:bg-hover",
                )}
              >
                {isPhone ? (
                  <td className="w-full max-w-0 px-3 py-2">{phoneRow(row)}</td>
                ) : (
                  shown.map((column) => (
                    <td
                      key={column.key}
                      className={cx(
                        "px-3 py-1.5 first:pl-(--edge) last:pr-(--edge)",
                        column.isRight && "num text-right",
                      )}
                    >
                      {column.cell(row)}
                    </td>
                  ))
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Head<R>(props: {
  column: Column<R>;
  order: Order | null;
  onOrder: (order: Order) => void;
}) {
  const { column, order, onOrder } = props;
  const isOrdered = order?.key === column.key;
  const direction = isOrdered ? (order.isDescending ? "descending" : "ascending") : undefined;
  return (
    <th
      scope="col"
      aria-sort={direction}
      style={{ width: /^\d+px$/.test(column.width) ? column.width : undefined }}
      className={cx(
        "px-3 font-medium whitespace-nowrap first:pl-(--edge) last:pr-(--edge)",
        column.isRight ? "text-right" : "text-left",
      )}
    >
      {column.order ? (
        <button
          type="button"
          onClick={() =>
            onOrder({
              key: column.key,
              isDescending: isOrdered ? !order.isDescending : Boolean(column.isRight),
            })
          }
          className="rounded hover:text-ink"
        >
          {column.head}
          <span aria-hidden>{isOrdered ? (order.isDescending ? " ↓" : " ↑") : ""}</span>
        </button>
      ) : (
        column.head
      )}
    </th>
  );
}

/** Rows by a column; those that are equal keep their places. */
export function inOrder<R>(rows: R[], columns: Column<R>[], order: Order | null): R[] {
  const by = columns.find((column) => column.key === order?.key)?.order;
  if (!order || !by) return rows;
  const sign = order.isDescending ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [by(one), by(other)];
    if (typeof a === "string" && typeof b === "string")
      return sign * a.localeCompare(b, undefined, { numeric: true });
    return a < b ? -sign : a > b ? sign : 0;
  });
}
