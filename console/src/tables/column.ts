import type { ReactNode } from "react";

/** A column of a table, whatever the table. */
export type Column<R> = {
  key: string;
  head: ReactNode;
  /** A track of CSS grid: `84px`, `minmax(140px,1fr)`. */
  width: string;
  isRight?: boolean;
  /** 1 stays when a panel opens beside the table, 2 and 3 make room for it. */
  priority: 1 | 2 | 3;
  cell: (row: R) => ReactNode;
  /** What rows are ordered by, where they can be ordered by this column. */
  order?: (row: R) => string | number;
};

/** The columns that there is room for, and their tracks. */
export function fitting<R>(columns: Column<R>[], hasPanel: boolean) {
  const shown = hasPanel ? columns.filter((column) => column.priority === 1) : columns;
  return { shown, tracks: shown.map((column) => column.width).join(" ") };
}

/** The row after so many steps up or down that a key means; nothing for other keys. */
export function moved(key: string, index: number, rows: number): number | undefined {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 20, PageUp: -20 }[key];
  const target =
    key === "Home" ? 0 : key === "End" ? rows - 1 : step === undefined ? undefined : index + step;
  return target === undefined ? undefined : Math.max(0, Math.min(rows - 1, target));
}
