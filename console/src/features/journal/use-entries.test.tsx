import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queryClient } from "@/api/client";
import { useEntries } from "./use-entries";

const PAGE = 200;
let newest: number;
let isRefused: boolean;
let asked: string[];

beforeEach(() => {
  [newest, isRefused, asked] = [1000, false, []];
  vi.stubGlobal("fetch", async (request: Request) => {
    const cursor = new URL(request.url).searchParams.get("cursor");
    asked.push(cursor ?? "first");
    if (isRefused) return Response.json({ code: "forbidden" }, { status: 403 });
    const from = Number(cursor ?? newest);
    const items = Array.from({ length: Math.min(PAGE, from) }, (_, index) => ({
      seq: from - index,
    }));
    return Response.json({ items, next_cursor: from > PAGE ? String(from - PAGE) : null });
  });
});
afterEach(() => {
  cleanup();
  queryClient.clear();
  vi.unstubAllGlobals();
});

const wrapper = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
);
const scroller = { current: null };
async function shown() {
  const { result } = renderHook(() => useEntries({}, scroller), { wrapper });
  await waitFor(() => expect(result.current.rows).toHaveLength(PAGE));
  result.current.onEnd();
  await waitFor(() => expect(result.current.rows).toHaveLength(2 * PAGE));
  return result;
}
const happens = () => queryClient.invalidateQueries();

test("what is decided meanwhile stands before the pages that were read, which are not read again", async () => {
  const list = await shown();
  newest += 3;
  await happens();
  await waitFor(() => expect(list.current.rows?.[0]?.seq).toBe(1003));
  expect(list.current.rows).toHaveLength(2 * PAGE + 3);
  expect(list.current.hasMissed).toBe(false);
  expect(asked).toEqual(["first", "800", "first"]);
});

test("where more was decided than a page holds, rows stay until the reader wants the youngest", async () => {
  const list = await shown();
  newest += 500;
  await happens();
  await waitFor(() => expect(list.current.hasMissed).toBe(true));
  expect(list.current.rows?.[0]?.seq).toBe(1000);
  list.current.toYoungest();
  await waitFor(() => expect(list.current.rows?.[0]?.seq).toBe(1500));
  expect(list.current.hasMissed).toBe(false);
});

test("what is refused is asked for again only when the reader says so", async () => {
  const list = await shown();
  isRefused = true;
  list.current.onEnd();
  await waitFor(() => expect(list.current.unread).toBeTruthy());
  const count = asked.length;
  list.current.onEnd();
  expect(asked).toHaveLength(count);
  isRefused = false;
  list.current.retry();
  await waitFor(() => expect(list.current.rows).toHaveLength(3 * PAGE));
  expect(list.current.unread).toBeUndefined();
});
