import { expect, test } from "vitest";
import { entryWords, fieldByField } from "./entry-words";
import type { Entry } from "./queries";
import { askedFor, isNarrowed, parseSearch } from "./search";

const entry: Entry = {
  action: "update",
  actor: "Aya",
  actor_id: "user_1",
  actor_kind: "user",
  at: "2026-11-21T16:00:00Z",
  change_set: "cs_1",
  hash: "00",
  id: "chg_1",
  kind: "routing_policy",
  name: "cheap first",
  number: 7,
  object: "pol_1",
  reason: "costs",
  seq: 7,
  undo: { possible: true },
};

test("an entry is said in words, whatever its action", () => {
  expect(entryWords(entry)).toBe("Changed routing policy cheap first");
  expect(entryWords({ ...entry, action: "set_aside" })).toContain("Set aside");
  expect(entryWords({ ...entry, kind: "session", action: "sign_in", name: "admin" })).toBe(
    "Signed in admin",
  );
  expect(entryWords({ ...entry, name: null })).toContain("pol_1");
});

test("what was created whole is told field by field", () => {
  const created = [{ op: "add", path: "", new: { action: "block", "a/b": 1, none: null, no: [] } }];
  expect(fieldByField(created as never)).toEqual([
    { op: "add", path: "/action", new: "block" },
    { op: "add", path: "/a~1b", new: 1 },
  ]);
  const changed = [{ op: "replace", path: "/scope", old: { a: 1 }, new: { a: 2 } }];
  expect(fieldByField(changed as never)).toEqual(changed);
});

test("a URL that means nothing narrows nothing", () => {
  const search = parseSearch({ sel: "x", from: "yesterday", kind: " ", view: "all", q: 3 });
  expect(search).toMatchObject({ sel: undefined, from: undefined, kind: undefined, q: "3" });
  expect(isNarrowed(parseSearch({ sel: 5, verify: true }))).toBe(false);
});

test("a text is looked for by the program", () =>
  expect(askedFor(parseSearch({ q: " cheap " })).q).toBe("cheap"));

test("the last day is asked for whole", () => {
  const { from, to } = askedFor(parseSearch({ from: "2026-11-20", to: "2026-11-21" }));
  expect(Date.parse(to!) - Date.parse(from!)).toBe(2 * 86_400_000);
});
