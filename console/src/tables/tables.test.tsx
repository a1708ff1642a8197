import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Column, fitting, moved } from "./column";
import { DataTable, inOrder } from "./data-table";

type Row = { name: string; calls: number };
const rows: Row[] = [
  { name: "model-10", calls: 3 },
  { name: "model-9", calls: 12 },
  { name: "model-1", calls: 3 },
];
const columns: Column<Row>[] = [
  {
    key: "name",
    head: "Name",
    width: "1fr",
    priority: 1,
    cell: (row) => row.name,
    order: (row) => row.name,
  },
  {
    key: "calls",
    head: "Calls",
    width: "80px",
    isRight: true,
    priority: 2,
    cell: (row) => row.calls,
    order: (row) => row.calls,
  },
];

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({
    matches: false,
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
  }));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test.each([
  ["j", 0, 1],
  ["k", 0, 0],
  ["ArrowDown", 2, 2],
  ["PageDown", 0, 2],
  ["Home", 2, 0],
  ["End", 0, 2],
  ["x", 0, undefined],
])("%s from row %d", (key, from, to) => expect(moved(key, from, 3)).toBe(to));

test("a panel beside the table leaves what matters most", () => {
  expect(fitting(columns, true).shown.map((column) => column.key)).toEqual(["name"]);
  expect(fitting(columns, false).tracks).toBe("1fr 80px");
});

test("order is that of people, equals keep their places, and rows given are not moved", () => {
  const names = (of: Row[]) => of.map((row) => row.name);
  expect(names(inOrder(rows, columns, { key: "name", isDescending: false }))).toEqual([
    "model-1",
    "model-9",
    "model-10",
  ]);
  expect(names(inOrder(rows, columns, { key: "calls", isDescending: true }))).toEqual([
    "model-9",
    "model-10",
    "model-1",
  ]);
  expect(names(rows)).toEqual(["model-10", "model-9", "model-1"]);
});

test("rows are reached, opened and ordered by keys", () => {
  const onSelect = vi.fn();
  render(
    <DataTable
      label="Models"
      rows={rows}
      rowKey={(row) => row.name}
      columns={columns}
      phoneRow={(row) => row.name}
      onSelect={onSelect}
    />,
  );
  const first = screen.getAllByRole("row")[1]!;
  first.focus();
  fireEvent.keyDown(first, { key: "j" });
  expect(document.activeElement?.textContent).toContain("model-9");
  fireEvent.keyDown(document.activeElement!, { key: "Enter" });
  expect(onSelect).toHaveBeenCalledWith("model-9");
  fireEvent.click(screen.getByRole("button", { name: "Calls" }));
  expect(screen.getByRole("columnheader", { name: /Calls/ }).getAttribute("aria-sort")).toBe(
    "descending",
  );
  expect(screen.getAllByRole("row")[1]!.textContent).toContain("model-9");
});
