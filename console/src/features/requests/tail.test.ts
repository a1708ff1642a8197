import { expect, test } from "vitest";
import type { Call } from "./queries";
import { filters, type RequestSearch } from "./search";
import { belongs, EMPTY, KEPT, released, type Tail, took } from "./tail";
import { nameIn } from "./use-named";

let next = 0;
const call = (part: Partial<Call> = {}) =>
  ({
    id: `call_${++next}`,
    at: new Date(next * 1000).toISOString(),
    status: "success",
    environment: "production",
    attempts: 1,
    cached: false,
    cost: { amount: "0.010000000", currency: "USD" },
    duration_ms: 120,
    ...part,
  }) as Call;
const calls = (number: number) => Array.from({ length: number }, () => call());
const ids = (rows: Call[]) => rows.map((row) => row.id);

test("the youngest stands first", () => {
  const [one, two] = calls(2) as [Call, Call];
  const tail = took(took(EMPTY, [one], 0, false), [two], 0, false);
  expect(ids(tail.shown)).toEqual([two.id, one.id]);
});

test("what comes waits while the reader looks elsewhere, and is shown when he comes back", () => {
  const [one, two, three] = calls(3) as [Call, Call, Call];
  let tail = took(EMPTY, [one], 0, false);
  tail = took(tail, [two], 0, true);
  expect(ids(tail.shown)).toEqual([one.id]);
  expect(tail.waitingCount).toBe(1);
  // Back at the top, what waits is not overtaken by what comes.
  tail = took(tail, [three], 0, false);
  expect(ids(tail.shown)).toEqual([one.id]);
  expect(ids(released(tail).shown)).toEqual([three.id, two.id, one.id]);
  expect(released(tail).waitingCount).toBe(0);
});

test.each([
  ["shown", false],
  ["waiting", true],
])("a million calls that are %s take no more room than what is kept", (_, isHeld) => {
  let tail: Tail = EMPTY;
  for (let batch = 0; batch < 5_000; batch++) tail = took(tail, calls(200), 3, isHeld);
  expect(tail.shown.length + tail.waiting.length).toBe(KEPT);
  expect(tail.omitted).toBe(15_000);
  expect(tail.isCut).toBe(!isHeld);
  expect(tail.waitingCount).toBe(isHeld ? 1_000_000 : 0);
});

const IS: [string, RequestSearch, Partial<Call>, boolean][] = [
  ["any", {}, {}, true],
  ["status", { status: "error,timeout" }, { status: "timeout" }, true],
  ["status", { status: "error" }, {}, false],
  ["feature", { feature: "chat" }, { feature: "chat" }, true],
  ["feature", { feature: "chat" }, { feature: null }, false],
  ["model", { model: "a/b" }, { model: "a/c" }, false],
  ["provider", { provider: "a" }, { provider: "a" }, true],
  ["cached", { cached: true }, {}, false],
  ["retried", { retried: true }, { attempts: 2 }, true],
  ["retried", { retried: true }, {}, false],
  ["slow", { slower: 100 }, {}, true],
  ["slow", { slower: 121 }, {}, false],
  ["cost", { dearer: "0.01" }, {}, true],
  ["cost", { dearer: "0.02" }, {}, false],
  ["text", { q: "AY" }, { user: "maya" }, true],
  ["text", { q: "overload" }, { error_code: "overloaded" }, true],
  ["text", { q: "nobody" }, { user: "maya" }, false],
  ["environment", {}, { environment: "staging" }, false],
];
test.each(IS)("%s %j %j: %s", (_, search, part, isWanted) =>
  expect(belongs(call(part), filters(search, "production", {}))).toBe(isWanted),
);

test("what is named by its id is told by its name, and by its id where it is gone", () => {
  const things = [{ id: "feat_1", name: "chat" }];
  expect(nameIn(things, "feat_1")).toBe("chat");
  expect(nameIn(things, "feat_2")).toBe("feat_2");
  expect(nameIn(undefined, "chat")).toBe("chat");
});
