import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { refreshOnEvents } from "./refresh";
import { connection, receive } from "./socket";

let end = () => {};
const queries = new QueryClient();
const read = vi.spyOn(queries, "invalidateQueries").mockResolvedValue();
const told = (type: string) => receive({ type, data: null });

beforeEach(() => {
  vi.useFakeTimers();
  // What comes is drawn at once.
  vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) => {
    queueMicrotask(() => frame(0));
    return 1;
  });
  connection.set({ status: "open", attempt: 0, since: 0 });
  read.mockClear();
  end = refreshOnEvents(queries);
});
afterEach(() => {
  end();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each(["journal.appended", "spending.alert", "health.changed", "gap"])(
  "%s has everything read again at once",
  async (kind) => {
    told(kind);
    await vi.advanceTimersByTimeAsync(0);
    expect(read).toHaveBeenCalledTimes(1);
  },
);

test("calls are not a reason", async () => {
  told("usage.appended");
  told("metrics.updated");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(read).not.toHaveBeenCalled();
});

test("however many come, it is read at once, then every two seconds, and once after the last", async () => {
  for (let times = 0; times < 50; times++) {
    told("journal.appended");
    await vi.advanceTimersByTimeAsync(100);
  }
  // 0, 2 and 4 s; what came after waits for the sixth second.
  expect(read).toHaveBeenCalledTimes(3);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(read).toHaveBeenCalledTimes(4);
});

test("what has ended reads nothing any more, not even what was due", async () => {
  told("journal.appended");
  await vi.advanceTimersByTimeAsync(0);
  told("journal.appended");
  await vi.advanceTimersByTimeAsync(0);
  end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(read).toHaveBeenCalledTimes(1);
});
