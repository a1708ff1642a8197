import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queryClient } from "@/api/client";
import { connection, onLive, startLive } from "./socket";

/** A socket of which a test says what happens to it. */
class FakeSocket {
  static OPEN = 1;
  static made: FakeSocket[] = [];
  static get last() {
    return FakeSocket.made.at(-1)!;
  }
  readyState = 0;
  sent: unknown[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.isClosed = true;
  }
  open() {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }
  says(event: object) {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
  breaks() {
    this.readyState = 3;
    this.onclose?.();
  }
}

const query = () => new URL(FakeSocket.last.url).searchParams;
let end = () => {};
let isOnLine = true;

beforeEach(() => {
  FakeSocket.made = [];
  isOnLine = true;
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.spyOn(navigator, "onLine", "get").mockImplementation(() => isOnLine);
  vi.spyOn(queryClient, "refetchQueries").mockResolvedValue();
});
afterEach(() => {
  end();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Breaks the newest socket, and tells after how many milliseconds there is another one. */
function pauseAfterBreak(): number {
  const made = FakeSocket.made.length;
  const begun = Date.now();
  FakeSocket.last.breaks();
  while (FakeSocket.made.length === made) vi.advanceTimersByTime(1);
  return Date.now() - begun;
}

test.each([
  ["the least", 0, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]],
  ["the most", 0.999999, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
])("each pause is twice the one before, up to half a minute: %s", (_, random, pauses) => {
  vi.spyOn(Math, "random").mockReturnValue(random);
  end = startLive();
  for (const pause of pauses) {
    const found = pauseAfterBreak();
    expect(Math.abs(found - pause), `${found} for ${pause}`).toBeLessThanOrEqual(1);
  }
  expect(connection.get()).toMatchObject({ status: "retrying", attempt: pauses.length });
  // What has opened begins with the shortest again.
  FakeSocket.last.open();
  expect(connection.get()).toMatchObject({ status: "open", attempt: 0 });
  expect(pauseAfterBreak()).toBeLessThanOrEqual(500);
});

test("how long it is away counts from the moment it was lost, not from the last attempt", () => {
  end = startLive();
  FakeSocket.last.open();
  vi.advanceTimersByTime(10_000);
  FakeSocket.last.breaks();
  const lost = connection.get().since;
  vi.advanceTimersByTime(600);
  FakeSocket.last.breaks();
  expect(connection.get()).toMatchObject({ attempt: 2, since: lost });
});

test("a connection that is silent for 35 seconds is given up; a heartbeat is a sound", () => {
  end = startLive();
  const first = FakeSocket.last;
  first.open();
  vi.advanceTimersByTime(34_000);
  first.says({ type: "heartbeat", data: null });
  vi.advanceTimersByTime(34_999);
  expect([connection.get().status, first.isClosed]).toEqual(["open", false]);
  vi.advanceTimersByTime(1);
  expect([connection.get().status, first.isClosed]).toEqual(["retrying", true]);
  vi.advanceTimersByTime(500);
  expect(FakeSocket.made).toHaveLength(2);
});

test("a new connection names the last event and the topics, and says the topics again", () => {
  const off = onLive("journal.appended", () => {});
  end = startLive();
  FakeSocket.last.open();
  FakeSocket.last.says({ id: "41", type: "journal.appended", data: {} });
  FakeSocket.last.says({ id: "42", type: "journal.appended", data: {} });
  FakeSocket.last.says({ type: "heartbeat", data: null });
  pauseAfterBreak();
  expect([query().get("last_event_id"), query().get("topics")]).toEqual(["42", "journal.appended"]);
  const late = onLive("usage.appended", () => {});
  vi.advanceTimersByTime(1);
  expect(FakeSocket.last.sent).toEqual([]);
  FakeSocket.last.open();
  vi.advanceTimersByTime(1);
  expect(FakeSocket.last.sent).toEqual([{ topics: ["journal.appended", "usage.appended"] }]);
  for (const stop of [off, late]) stop();
});

test("a browser without a network says so at once, and connects at once when it has one", () => {
  end = startLive();
  const first = FakeSocket.last;
  first.open();
  isOnLine = false;
  dispatchEvent(new Event("offline"));
  expect([connection.get().status, first.isClosed]).toEqual(["offline", true]);
  isOnLine = true;
  dispatchEvent(new Event("online"));
  expect(FakeSocket.made).toHaveLength(2);
  FakeSocket.last.open();
  expect(connection.get().status).toBe("open");
});

test("what was ended stays ended", () => {
  end = startLive();
  FakeSocket.last.open();
  end();
  vi.advanceTimersByTime(120_000);
  dispatchEvent(new Event("online"));
  expect(FakeSocket.made).toHaveLength(1);
});
