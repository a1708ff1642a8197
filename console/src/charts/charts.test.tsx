import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Meter } from "./bars";
import { momentFormat } from "./scale";
import { TimeChart } from "./time-chart";

const START = Date.UTC(2026, 10, 21, 10);
const points = Array.from({ length: 4 }, (_, index) => ({
  at: START + index * 900_000,
  values: { ok: index * 10, failed: index === 2 ? null : 1 },
}));
const chart = (
  <TimeChart
    title="Requests"
    unit="requests"
    bucket="15 min"
    points={points}
    series={[
      { key: "ok", label: "Success", color: "var(--c1)" },
      { key: "failed", label: "Failed", color: "var(--c2)", isDashed: true },
    ]}
  />
);

beforeEach(() => {
  // There is no layout here: the chart is 600 pixels wide.
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(private readonly tell: (entries: unknown[]) => void) {}
      observe() {
        this.tell([{ contentRect: { width: 600 } }]);
      }
      disconnect() {}
    },
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("arrow keys read the values, holes included", () => {
  render(chart);
  const picture = screen.getByRole("img");
  fireEvent.keyDown(picture, { key: "ArrowLeft" });
  expect(picture.getAttribute("aria-label")).toContain("Success 20, Failed none");
  fireEvent.keyDown(picture, { key: "ArrowRight" });
  expect(picture.getAttribute("aria-label")).toContain("Success 30, Failed 1");
  fireEvent.keyDown(picture, { key: "Escape" });
  expect(picture.getAttribute("aria-label")).toContain("Use arrow keys");
});

test("a line has a hole where there is no value, and no path leaves the picture", () => {
  const { container } = render(chart);
  const [whole, broken] = [...container.querySelectorAll("svg[role=img] path")].map(
    (path) => path.getAttribute("d") ?? "",
  );
  expect(whole!.match(/M/g)).toHaveLength(1);
  expect(broken!.match(/M/g)).toHaveLength(2);
  expect(`${whole}${broken}`).not.toMatch(/NaN|Infinity/);
});

test("the table has every value", () => {
  render(chart);
  fireEvent.click(screen.getByRole("button", { name: "Table" }));
  expect(screen.getAllByRole("row")).toHaveLength(points.length + 1);
  expect(screen.getByRole("table").textContent).toContain("20");
});

test("nothing to show is no crash", () => {
  const { container } = render(
    <TimeChart title="Requests" unit="requests" bucket="15 min" points={[]} series={[]} />,
  );
  expect(container.querySelector("path")).toBeNull();
});

test("a meter is never longer than it is", () => {
  render(<Meter label="Spent" share={1.4} held={-1} />);
  expect(screen.getByRole("meter").getAttribute("aria-valuenow")).toBe("100");
  expect(
    [...screen.getByRole("meter").children].map((part) => (part as HTMLElement).style.width),
  ).toEqual(["100%", "0%"]);
});

test("moments are written as long as the span asks for", () => {
  const at = new Date(2026, 10, 21, 10, 15).getTime();
  expect(momentFormat(3_600_000)(at)).toBe("10:15");
  expect(momentFormat(30 * 86_400_000)(at)).toBe("Nov 21");
});

test("a point between holes is a dot, since no line leads to it", () => {
  const { container } = render(chart);
  expect(container.querySelectorAll("circle")).toHaveLength(1);
});
