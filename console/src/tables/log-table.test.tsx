import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Column } from "./column";
import { LogTable } from "./log-table";

type Row = { id: string };
const rowsOf = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: `call-${index}` }));
const columns: Column<Row>[] = [
  { key: "id", head: "Id", width: "1fr", priority: 1, cell: (row) => row.id },
];

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({
    matches: false,
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
  }));
  // Nothing is laid out here: the list is as high as ten rows.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(320);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(800);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function shown(more: Partial<Parameters<typeof LogTable<Row>>[0]> = {}) {
  const onSelect = vi.fn();
  const table = (rows: Row[], now = {}) => (
    <LogTable
      label="Calls"
      rows={rows}
      rowKey={(row) => row.id}
      columns={columns}
      phoneRow={(row) => row.id}
      onSelect={onSelect}
      {...more}
      {...now}
    />
  );
  const { rerender } = render(table(rowsOf(1000)));
  const grid = screen.getByRole("grid");
  // What the list measures is drawn a moment later; rows that were let go have no cells.
  if (!more.before) await screen.findAllByRole("gridcell");
  const press = (...keys: string[]) => {
    for (const key of keys) fireEvent.keyDown(grid, { key });
  };
  const active = () =>
    document.getElementById(grid.getAttribute("aria-activedescendant") ?? "none")?.textContent;
  return {
    onSelect,
    press,
    active,
    grid,
    again: (rows: Row[], now = {}) => rerender(table(rows, now)),
  };
}

test("of a thousand rows those in view are drawn, and a few around them", async () => {
  const { grid } = await shown();
  const drawn = screen.getAllByRole("row").length - 1;
  expect(drawn).toBeGreaterThanOrEqual(10);
  expect(drawn).toBeLessThan(50);
  expect(grid.getAttribute("aria-rowcount")).toBe("1001");
});

test("keys move the reader, Enter opens where he is", async () => {
  const { press, active, onSelect } = await shown();
  expect(active()).toBe("call-0");
  press("j", "ArrowDown", "k");
  expect(active()).toBe("call-1");
  expect(onSelect).not.toHaveBeenCalled();
  press("Enter");
  expect(onSelect.mock.calls).toEqual([["call-1"]]);
  press("k", "k", "k");
  expect(active()).toBe("call-0");
});

test("while a row is open, the panel follows the keys", async () => {
  const { press, onSelect } = await shown({ selected: "call-0" });
  expect(screen.getAllByRole("row")[1]!.getAttribute("aria-selected")).toBe("true");
  press("j");
  expect(onSelect.mock.calls).toEqual([["call-1"]]);
});

test("a click opens, and keys go on from there", async () => {
  const { press, onSelect } = await shown();
  fireEvent.click(screen.getByText("call-4"));
  press("j", "Enter");
  expect(onSelect.mock.calls).toEqual([["call-4"], ["call-5"]]);
});

test("new rows above do not move the reader to another row", async () => {
  const { press, active, again } = await shown();
  press("j", "j");
  expect(active()).toBe("call-2");
  again([{ id: "younger" }, ...rowsOf(1000)]);
  expect(active()).toBe("call-2");
});

test("the next rows are asked for before the reader is at the end, and not while he is far from it", async () => {
  const onEnd = vi.fn();
  const { again } = await shown({ onEnd });
  expect(onEnd).not.toHaveBeenCalled();
  again(rowsOf(200));
  expect(onEnd).toHaveBeenCalled();
});

test("rows that were let go keep their room, and are asked for when the reader nears them", async () => {
  const onStart = vi.fn();
  const { grid } = await shown({ before: 500, onStart });
  expect(grid.getAttribute("aria-rowcount")).toBe("1501");
  expect(onStart).toHaveBeenCalledWith(0);
});

test("where no row is, it says so in place of a grid", () => {
  render(
    <LogTable
      label="Calls"
      rows={[]}
      rowKey={(row: Row) => row.id}
      columns={columns}
      phoneRow={(row) => row.id}
      onSelect={vi.fn()}
      empty={<p>No calls</p>}
    />,
  );
  expect(screen.getByText("No calls")).toBeTruthy();
  expect(screen.queryByRole("grid")).toBeNull();
});
