import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

/** A titled part of a page. */
export function Panel(props: {
  title: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  bodyClass?: string;
}) {
  return (
    <section className={cx("panel flex min-w-0 flex-col", props.className)}>
      <header className="flex min-h-10 flex-wrap items-center gap-x-2 border-b border-line px-3 py-1.5">
        <h2 className="text-sm font-semibold">{props.title}</h2>
        {props.note && <span className="truncate text-xs text-ink-3">{props.note}</span>}
        {props.actions && <div className="ml-auto flex items-center gap-1">{props.actions}</div>}
      </header>
      <div className={cx("min-w-0 flex-1", props.bodyClass)}>{props.children}</div>
    </section>
  );
}

/** Names beside values. */
export function Facts({
  rows,
  columns = 1,
}: {
  rows: (readonly [ReactNode, ReactNode] | false | null)[];
  columns?: 1 | 2;
}) {
  const isEven = rows.filter(Boolean).length % 2 === 0;
  return (
    <dl
      className={cx(
        "grid text-sm [&>:last-child]:border-0",
        columns === 2 && "sm:grid-cols-2 sm:gap-x-4",
        columns === 2 && isEven && "sm:[&>:nth-last-child(2)]:border-0",
      )}
    >
      {rows.map(
        (row, index) =>
          row && (
            <div
              key={index}
              className="flex min-h-8 items-center justify-between gap-3 border-b border-line py-1"
            >
              <dt className="shrink-0 text-ink-3">{row[0]}</dt>
              <dd className="num min-w-0 text-right [overflow-wrap:anywhere]">{row[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
