import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { may } from "./session";

test("rights are named; a star is every one", () => {
  expect(may({ permissions: ["usage.read"] }, "usage.read")).toBe(true);
  expect(may({ permissions: ["usage.read"] }, "usage.adjust")).toBe(false);
  expect(may({ permissions: ["*"] }, "usage.adjust")).toBe(true);
  expect(may({ permissions: [] }, "usage.read")).toBe(false);
});

/** Names of rights in the sources: `can("…")`, `permission: "…"`, `permission="…"`. */
const NAMED = /\b(?:can\(|permission(?:: |=))"([^"]+)"/g;

test("every right that a page asks for is one that a route asks for", () => {
  const document = readFileSync("../api/openapi.json", "utf8");
  const known = new Set(
    [...document.matchAll(/"x-glaux-permission": "([^"]+)"/g)].map((match) => match[1]),
  );
  expect(known.size).toBeGreaterThan(10);
  const unknown = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes(".test."))
    .flatMap((file) =>
      [...readFileSync(`src/${file}`, "utf8").matchAll(NAMED)].map(
        (match) => `${file}: ${match[1]}`,
      ),
    )
    .filter((use) => !known.has(use.split(": ")[1]));
  expect(unknown).toEqual([]);
});
