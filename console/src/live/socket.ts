/**
 * The one connection on which the program tells what happens.
 *
 * - It says only what somebody on the page wants to hear: topics follow the handlers.
 * - Handlers run once per animation frame, however many events came. A page in the background draws no frames: what
 *   came meanwhile is dropped and reported as a gap, so that memory stays flat.
 * - A connection that is silent for 35 seconds is given up. A new one goes on after the last event's id; where the
 *   program no longer knows it, it says `gap` and everything shown is read again.
 */
import { organization } from "@/api/client";
import { now } from "@/lib/now";
import { store } from "@/lib/store";

export type LiveEvent = { id?: string; type: string; at?: string; data: unknown };
type Handler = (events: LiveEvent[]) => void;

export type Connection = {
  status: "connecting" | "open" | "retrying" | "offline";
  attempt: number;
  since: number;
};

const PATH = "/api/platform/ai-management/ws";
const SILENCE_MS = 35_000;
const LONGEST_PAUSE_MS = 30_000;
/** More than this between two frames is read again instead. */
const BACKLOG = 2_000;

export const connection = store<Connection>({
  status: "connecting",
  attempt: 0,
  since: now(),
});

const handlers = new Map<string, Set<Handler>>();
let socket: WebSocket | null = null;
let lastId: string | undefined;
let backlog: LiveEvent[] = [];
let hasGap = false;
let frame = 0;
let silence = 0;
let topicsTimer = 0;

/** Calls `handler` with the events of a kind; `gap` is the kind of "some were lost". Returns how to end it. */
export function onLive(kind: string, handler: Handler): () => void {
  const of = handlers.get(kind) ?? new Set();
  handlers.set(kind, of.add(handler));
  tellTopics();
  return () => {
    of.delete(handler);
    if (of.size === 0) handlers.delete(kind);
    tellTopics();
  };
}

/** Connects, and stays connected until the returned function is called. */
export function startLive(): () => void {
  let stopped = false;
  let timer = 0;
  const connect = (attempt: number) => {
    const query = new URLSearchParams({ topics: topics().join(",") });
    const named = organization.get();
    if (named) query.set("organization", named);
    if (lastId) query.set("last_event_id", lastId);
    const current = new WebSocket(`${location.origin.replace(/^http/, "ws")}${PATH}?${query}`);
    socket = current;
    let failures = attempt;
    heard(current);
    current.onopen = () => {
      failures = 0;
      heard(current);
      connection.set({ status: "open", attempt: 0, since: now() });
      tellTopics();
    };
    current.onmessage = (message) => {
      heard(current);
      receive(JSON.parse(message.data));
    };
    current.onclose = () => {
      clearTimeout(silence);
      if (stopped) return;
      const since = connection.get().status === "open" ? now() : connection.get().since;
      connection.set({
        status: navigator.onLine ? "retrying" : "offline",
        attempt: failures + 1,
        since,
      });
      const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
      timer = window.setTimeout(() => connect(failures + 1), pause);
    };
  };
  const again = () => {
    clearTimeout(timer);
    if (socket?.readyState !== WebSocket.OPEN) connect(0);
  };
  connect(0);
  addEventListener("online", again);
  return () => {
    stopped = true;
    clearTimeout(timer);
    removeEventListener("online", again);
    socket?.close();
    socket = null;
  };
}

function heard(current: WebSocket) {
  clearTimeout(silence);
  silence = window.setTimeout(() => current.close(), SILENCE_MS);
}

function topics(): string[] {
  return [...handlers.keys()].filter((kind) => kind !== "gap").sort();
}

/** Says which events are wanted from now on, once for all handlers that come and go together. */
function tellTopics() {
  clearTimeout(topicsTimer);
  topicsTimer = window.setTimeout(() => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ topics: topics() }));
  });
}

export function receive(event: LiveEvent) {
  if (event.type === "heartbeat") return;
  if (event.id) lastId = event.id;
  if (event.type === "gap" || backlog.length >= BACKLOG) {
    hasGap = true;
    backlog = [];
  } else {
    backlog.push(event);
  }
  if (!frame) frame = requestAnimationFrame(flush);
}

function flush() {
  frame = 0;
  const events = backlog;
  const wasGap = hasGap;
  backlog = [];
  hasGap = false;
  if (wasGap) for (const handler of handlers.get("gap") ?? []) handler([]);
  for (const [kind, of] of handlers) {
    const its = events.filter((event) => event.type === kind);
    if (its.length > 0) for (const handler of of) handler(its);
  }
}
