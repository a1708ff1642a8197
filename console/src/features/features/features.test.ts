import { expect, test } from "vitest";
import { stateOf } from "./cell-state";
import { nameOf } from "./feature-dialog";
import { inOrder, type Round } from "./history";
import { changesOf, limitsOf, textsOf } from "./limits-form";
import { summary } from "./matrix";
import { passes } from "./page";
import { bodyOf, problems } from "./payloads-tab";
import { type Feature, lastWeek, type Sum } from "./queries";
import { parseSearch } from "./search";
import { takesAway } from "./unsaved";
import { failures, perDay } from "./week";

test.each([
  [{}, {}],
  [
    { q: "chat", status: "active", sel: "chatbot", tab: "limits", new: true },
    { q: "chat", status: "active", sel: "chatbot", tab: "limits", new: true },
  ],
  [{ q: "", status: "asleep", sel: {}, tab: 3, new: "false", edit: "true" }, { edit: true }],
  [
    { sel: 42, q: 7 },
    { sel: "42", q: "7" },
  ],
])("values that mean nothing are left out of the URL: %j", (given, expected) => {
  expect(JSON.parse(JSON.stringify(parseSearch(given)))).toEqual(expected);
});

test("a feature is found by either of its names and by its state", () => {
  const feature = {
    name: "ticket-triage",
    display_name: "Sorting of tickets",
    status: "maintenance",
  } as Feature;
  expect(passes(feature, { q: " SORT " })).toBe(true);
  expect(passes(feature, { q: "triage" })).toBe(true);
  expect(passes(feature, { q: "chat" })).toBe(false);
  expect(passes(feature, { status: "active" })).toBe(false);
  expect(passes(feature, { status: "maintenance", q: "" })).toBe(true);
});

test.each([
  ["Customer chatbot", "customer-chatbot"],
  ["  Ticket / triage! ", "ticket-triage"],
  ["Übersetzer Nº 2", "ubersetzer-no-2"],
  ["مساعد", ""],
  [`${"a".repeat(59)} b`, "a".repeat(59)],
])("%j is called %j by programs", (text, name) => {
  expect(nameOf(text)).toBe(name);
});

test("a cell says the model, what comes after it, and how many more", () => {
  const models = [{ model: "a/x", weight: 1 }];
  expect(summary({ models, fallbacks: [] })).toEqual({ first: "a/x", rest: "" });
  expect(summary({ models, fallbacks: ["b/y", "b/z"] })).toEqual({
    first: "a/x",
    rest: "then b/y +1",
  });
  const two = [...models, { model: "a/z", weight: 1 }];
  expect(summary({ models: two, fallbacks: [] }).first).toBe("2 models");
});

test("empty limits are none, and come back as they were", () => {
  const limits = { requests_per_minute: 60, tokens_per_minute: null, concurrency: 0 };
  expect(limitsOf(textsOf(limits))).toEqual(limits);
  expect(limitsOf({ requests_per_minute: " ", tokens_per_minute: "5", concurrency: "" })).toEqual({
    requests_per_minute: null,
    tokens_per_minute: 5,
    concurrency: null,
  });
});

test("a payload policy is written in days, KiB and lines", () => {
  expect(bodyOf({ days: "7", size: "256", redact: "a+\n\n b \n" })).toEqual({
    days: 7,
    max_bytes: 262_144,
    redact: ["a+", "b"],
  });
  expect(problems({ days: "-1", size: "0", redact: "" })).toEqual({
    days: expect.any(String),
    size: expect.any(String),
  });
  expect(problems({ days: "0", size: "1", redact: "" })).toEqual({});
});

const sum = (calls: number, by: Record<string, number>, bucket = "2026-11-20T00:00:00Z") =>
  ({ calls, calls_by_status: by, bucket }) as unknown as Sum;

test("what was blocked was not tried", () => {
  const week = sum(20, { success: 8, blocked: 10, error: 1, timeout: 1 });
  expect(failures(week)).toBe("2 failed, 10 blocked");
  expect(failures(sum(3, { success: 3 }))).toBe("");
});

test("days without a call are days with none", () => {
  const week = { from: "2026-11-18T10:00:00Z", to: "2026-11-21T10:00:00Z" };
  const days = [sum(5, {}, "2026-11-21T00:00:00Z"), sum(2, {}, "2026-11-19T00:00:00Z")];
  expect(perDay(days, (day) => day.calls, week)).toEqual([0, 2, 0, 5]);
});

test("the last week ends with the hour, so that it is the same question all hour long", () => {
  const at = Date.parse("2026-11-21T16:20:03Z");
  expect(lastWeek(at)).toEqual({
    from: "2026-11-14T17:00:00.000Z",
    to: "2026-11-21T17:00:00.000Z",
  });
  expect(lastWeek(at + 1_000_000)).toEqual(lastWeek(at));
});

const page = (seqs: number[], next?: string) =>
  ({ items: seqs.map((seq) => ({ seq })), next_cursor: next ?? null }) as never;
const round = (pages: [string, never][]): Round => ({ pages: new Map(pages) });

test("entries of several objects are shown as far as all of them were read", () => {
  const first = round([
    ["feature", page([90, 80, 70], "70")],
    ["assignment", page([85, 20])],
  ]);
  // Between 70 and 20 the feature may have others, which were not read yet.
  expect(inOrder([first]).map(({ seq }) => seq)).toEqual([90, 85, 80, 70]);
  const second = round([["feature", page([60, 10])]]);
  expect(inOrder([first, second]).map(({ seq }) => seq)).toEqual([90, 85, 80, 70, 60, 20, 10]);
});

const circuits = (of: Record<string, string>) =>
  ({
    items: [{ models: Object.entries(of).map(([name, circuit]) => ({ name, circuit })) }],
  }) as never;
const two = {
  models: [
    { model: "a/x", weight: 1 },
    { model: "a/y", weight: 1 },
  ],
};
test.each([
  ["nothing is known", {}, "mute"],
  ["another model is cut off", { "b/z": "open" }, "mute"],
  ["both serve", { "a/x": "closed", "a/y": "closed" }, "ok"],
  ["one is cut off", { "a/x": "closed", "a/y": "open" }, "warn"],
  ["one is cut off, of the other nothing is known", { "a/x": "open" }, "warn"],
  ["one is being tried", { "a/x": "half_open", "a/y": "open" }, "warn"],
  ["both are cut off", { "a/x": "open", "a/y": "open" }, "bad"],
])("the state of a cell when %s", (_, of, tone) => {
  expect(stateOf({ status: "active" }, two, circuits(of)).tone).toBe(tone);
  expect(stateOf({ status: "inactive" }, two, circuits(of)).word).toBe("Inactive");
});

const place = (search: object, pathname = "/features") => ({ pathname, search });
test.each([
  [place({ sel: "chatbot" }), place({ sel: "search" }), true],
  [place({ env: "staging" }), place({ env: "production" }), true],
  [place({}), place({ tab: "limits" }), true],
  [place({}), place({}, "/keys"), true],
  [place({ sel: "chatbot" }), place({ sel: "chatbot", edit: true, q: "chat" }), false],
])("a form goes away where what it is about changes: %j, %j", (current, next, expected) => {
  expect(takesAway(current, next)).toBe(expected);
});

test("each bound that is changed stands beside those that others set meanwhile", () => {
  const bounds = (requests_per_minute: number | null, concurrency: number | null) => ({
    requests_per_minute,
    tokens_per_minute: null,
    concurrency,
  });
  const read = { limits: textsOf(bounds(10, 2)), user_limits: textsOf(bounds(null, null)) };
  const typed = { ...read, limits: { ...read.limits, concurrency: "5" } };
  const latest = { limits: bounds(99, 2), user_limits: bounds(7, null) } as Feature;
  expect(changesOf(latest, read, typed)).toEqual({ limits: bounds(99, 5) });
});
