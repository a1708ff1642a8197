import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import type { Schemas } from "@/api/client";
import { receive } from "@/live/socket";
import { beats, spoken } from "./beats";
import { becoming, revoking, switchBody, switching } from "./changes";
import { parseSearch } from "./search";
import { useFrozen, useLiveStatus } from "./use-live-status";
import { usesOf } from "./uses";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test.each([
  [{}, {}],
  [
    { sel: "acme", act: "disable" },
    { sel: "acme", act: "disable" },
  ],
  [{ sel: "", act: "explode", feature: 7 }, { feature: "7" }],
  [{ sel: { a: 1 } }, {}],
])("the URL %o means %o", (search, means) => expect(parseSearch(search)).toEqual(means));

test("each minute is a bar; minutes that nothing is said of were idle", () => {
  const now = Date.parse("2026-11-21T16:22:40Z");
  const bars = beats(
    [
      { at: "2026-11-21T16:19:00Z", status: "down" },
      { at: "2026-11-21T16:21:00Z", status: "healthy" },
      { at: "2026-11-21T14:00:00Z", status: "down" },
    ],
    "degraded",
    now,
    5,
  );
  expect(bars.map((bar) => bar.tone)).toEqual(["none", "bad", "none", "ok", "warn"]);
  expect(spoken("acme", bars)).toBe("acme, 5 minutes: 1 down, 1 degraded, 1 healthy, 2 idle");
});

const figures = (attempts: number) => ({
  in_flight: { attempts, held: { amount: "0", currency: "USD" }, oldest_ms: null },
  rates: { answered_per_minute: 10 * attempts, failed_per_minute: 0 },
});

test("figures are shown as they are told, and the rest is read again once a second at the most", async () => {
  const read = {
    at: "2026-11-21T16:00:00Z",
    status: "healthy",
    providers: [],
    calls: [],
    ...figures(1),
  };
  const fetch = vi.fn(async () => Response.json(read));
  vi.stubGlobal("fetch", fetch);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(useLiveStatus, { wrapper });
  await waitFor(() => expect(result.current.query.data?.in_flight.attempts).toBe(1));
  const before = fetch.mock.calls.length;
  for (const attempts of [2, 3, 4]) {
    act(() => receive({ type: "metrics.updated", data: figures(attempts) }));
    await waitFor(() => expect(result.current.trace.inFlight.at(-1)).toBe(attempts));
  }
  expect(result.current.trace.answered).toEqual([20, 30, 40]);
  expect(fetch.mock.calls.length - before).toBeLessThanOrEqual(1);
});

test("a paused view stays as it was, and goes on from the present", () => {
  const { result, rerender } = renderHook(({ value, isPaused }) => useFrozen(value, isPaused), {
    initialProps: { value: 1, isPaused: false },
  });
  rerender({ value: 2, isPaused: true });
  expect(result.current).toBe(1);
  rerender({ value: 3, isPaused: false });
  expect(result.current).toBe(3);
});

const assignment = (part: Partial<Schemas["Assignment"]>) =>
  ({
    feature: "chatbot",
    environment: "production",
    models: [{ model: "acme/large", weight: 1 }],
    fallbacks: ["globex/swift"],
    config_overrides: { temperature: 0 },
    policy: { retries: 2 },
    ...part,
  }) as Schemas["Assignment"];

test("a switch changes the model and leaves the rest as it was", () => {
  expect(
    switchBody("globex/swift", assignment({ fallbacks: ["globex/swift", "acme/small"] })),
  ).toEqual({
    model: "globex/swift",
    fallbacks: ["acme/small"],
    config_overrides: { temperature: 0 },
    policy: { retries: 2 },
  });
  expect(switchBody("acme/small", null)).toEqual({ model: "acme/small" });
});

test("what is dangerous says so, and what can't be taken back asks for the name", () => {
  const key = { id: "key_1", name: "web", environment: "production" } as Schemas["Key"];
  expect(revoking(key, () => {})).toMatchObject({
    confirm: "web",
    isDangerous: true,
    cannotUndo: true,
  });
  expect(becoming("chatbot", "inactive")).toMatchObject({
    verb: "Disable",
    isDangerous: true,
  });
  expect(becoming("chatbot", "active")).toMatchObject({
    verb: "Activate",
    isDangerous: false,
  });
  const switched = switching({
    feature: "chatbot",
    environment: "staging",
    model: "acme/small",
    before: assignment({}),
    tag: '"7"',
    onDone: () => {},
  });
  expect(switched).toMatchObject({ title: "Switch chatbot to acme/small in Staging", tag: '"7"' });
});

test("features depend on a provider first or as a fallback", () => {
  const feature = (name: string) => ({ id: name, name, status: "active" }) as Schemas["Feature"];
  const uses = usesOf(
    "globex",
    [
      assignment({}),
      assignment({ feature: "summaries", models: [{ model: "globex/swift" }], fallbacks: [] }),
      assignment({ feature: "translation", fallbacks: [] }),
    ],
    [feature("chatbot"), feature("summaries"), feature("translation")],
  );
  expect(uses.map(({ feature, role, others }) => [feature.name, role, others])).toEqual([
    ["summaries", "first", []],
    ["chatbot", "fallback", ["acme/large"]],
  ]);
});
