/**
 * The one connection on which the program tells what happens.
 *
 * - It says only what somebody on the page wants to hear: topics follow the handlers.
 * - Handlers run once per animation frame, however many events came. A page in the background draws no frames: what
 *   came meanwhile is dropped and reported as a gap, so that memory stays flat.
 * - A connection that is silent for 35 seconds is given up. A new one goes on after the last event's id; where the
 *   program no longer knows it, it says `gap` and everything shown is read again.
 */
import { organization, queryClient } from "@/api/client";
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
const FIRST_PAUSE_MS = 500;
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
  let failures = 0;
  let pause = 0;
  // Ids belong to the organization that is watched.
  lastId = undefined;
  const connect = () => {
    clearTimeout(pause);
    const current = new WebSocket(address());
    socket = current;
    const heard = () => {
      clearTimeout(silence);
      silence = window.setTimeout(lose, SILENCE_MS);
    };
    heard();
    current.onopen = () => {
      failures = 0;
      heard();
      connection.set({ status: "open", attempt: 0, since: now() });
      tellTopics();
    };
    current.onmessage = (message) => {
      heard();
      receive(JSON.parse(message.data));
    };
    current.onclose = lose;
  };
  /** The connection is of no use any more, whether it has noticed or not. */
  const lose = () => {
    if (!socket) return;
    abandon();
    failures += 1;
    // A handshake that is refused gives no reason: a session that has ended is one.
    if (failures === 2) void queryClient.refetchQueries({ queryKey: ["get", "/api/me"] });
    const since = connection.get().status === "open" ? now() : connection.get().since;
    const status = navigator.onLine ? "retrying" : "offline";
    connection.set({ status, attempt: failures, since });
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
    pause = window.setTimeout(connect, longest * (0.5 + Math.random() / 2));
  };
  const goOn = () => {
    failures = 0;
    if (!socket) connect();
  };
  connect();
  addEventListener("online", goOn);
  addEventListener("offline", lose);
  return () => {
    removeEventListener("online", goOn);
    removeEventListener("offline", lose);
    clearTimeout(pause);
    abandon();
  };
}

function address(): string {
  const query = new URLSearchParams({ topics: topics().join(",") });
  const named = organization.get();
  if (named) query.set("organization", named);
  if (lastId) query.set("last_event_id", lastId);
  return `${location.origin.replace(/^http/, "ws")}${PATH}?${query}`;
}

/** Hears nothing of it any more. */
function abandon() {
  clearTimeout(silence);
  if (!socket) return;
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
  socket = null;
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
