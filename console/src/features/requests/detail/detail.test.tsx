import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queryClient } from "@/api/client";
import { outcome, reason } from "../outcome";
import { placeOf } from "../queries";
import { charge } from "./charges";
import { Payload, pretty } from "./payload";
import { momentOf } from "./trace";

vi.mock("@/api/session", () => ({ useCan: () => () => true }));

afterEach(() => {
  cleanup();
  queryClient.clear();
  vi.unstubAllGlobals();
});

test.each([
  [47, "2.5", "0.0001175"],
  [16, "10", "0.000160"],
  [0, "0.40", "0.00000000"],
  [123_456_789_012, "0.075", "9259.259175900"],
  [1, "15000000", "15.000000"],
])("%d units at %s per million are %s", (quantity, rate_per_million, amount) =>
  expect(charge({ quantity, rate_per_million })).toEqual({ amount, currency: "USD" }),
);

test("moments keep their microseconds", () => {
  const begin = momentOf("2026-11-21T16:20:18.209987Z");
  expect(momentOf("2026-11-21T16:20:18.210059Z") - begin).toBeCloseTo(0.072, 3);
  expect(momentOf("2026-11-21T16:20:18Z")).toBe(Date.parse("2026-11-21T16:20:18Z"));
});

test("a success that was not the plain case says so, a failure says why", () => {
  const word = (part: object) => outcome({ status: "success", ...part }).word;
  expect([word({}), word({ cached: true }), word({ attempts: 2 })]).toEqual([
    "OK",
    "Cached",
    "Retried",
  ]);
  expect(reason({ status: "success", error_code: "odd" })).toBeUndefined();
  expect(reason({ status: "error", error_code: "upstream_error", upstream_status: 503 })).toBe(
    "Upstream error, answered 503",
  );
  expect(reason({ status: "timeout" })).toBe("Timeout");
});

test("the page of a row that was let go is found on the way back", () => {
  const first = { row: 0 };
  const second = { row: 200, cursor: "b", previous: first };
  const third = { row: 400, cursor: "c", previous: second };
  expect([0, 199, 200, 399, 4000].map((row) => placeOf(row, third))).toEqual([
    first,
    first,
    second,
    second,
    third,
  ]);
});

test("what is JSON is written as such, anything else stays", () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(pretty("data: {}\n\n")).toBe("data: {}\n\n");
});

const request = vi.fn<(request: Request) => Promise<Response>>();
beforeEach(() => {
  request.mockReset();
  vi.stubGlobal("fetch", request);
});
const show = () =>
  render(
    <QueryClientProvider client={queryClient}>
      <Payload id="call_1" />
    </QueryClientProvider>,
  );

test("what was said is read when the reader says so, and not before", async () => {
  request.mockImplementation(async () =>
    Response.json({
      call_id: "call_1",
      at: "2026-11-21T16:20:18Z",
      expires_at: "2026-12-21T16:20:18Z",
      request: { text: '{"model":"chat"}', is_cut: true },
      answer: null,
    }),
  );
  show();
  expect(screen.getByText(/written into the journal/)).toBeTruthy();
  expect(request).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: /Read/ }));
  expect(await screen.findByText(/"model": "chat"/)).toBeTruthy();
  expect(screen.getByText(/cut where the policy says/)).toBeTruthy();
  expect(screen.getByText("Answer: no text.")).toBeTruthy();
  expect(request).toHaveBeenCalledTimes(1);
});

test("nothing kept is no failure", async () => {
  request.mockImplementation(async () =>
    Response.json({ title: "Not found", code: "not_found", status: 404 }, { status: 404 }),
  );
  show();
  await userEvent.click(screen.getByRole("button", { name: /Read/ }));
  expect(await screen.findByText("Nothing is kept of this request.")).toBeTruthy();
});
