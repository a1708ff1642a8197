import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, isSignedOut } from "./client";

/** Answers every request with a status. */
const answering = (status: number) =>
  vi.stubGlobal("fetch", async () => Response.json({ title: "an answer", status }, { status }));
const ask = (path: "/api/me" | "/api/organizations") => api.GET(path).catch(() => undefined);

beforeEach(() => isSignedOut.set(false));
afterEach(() => vi.unstubAllGlobals());

test("a 401 to any question leads to the way in; who is known again is back", async () => {
  answering(401);
  await ask("/api/organizations");
  expect(isSignedOut.get()).toBe(true);
  answering(200);
  await ask("/api/organizations");
  expect(isSignedOut.get()).toBe(true);
  await ask("/api/me");
  expect(isSignedOut.get()).toBe(false);
});

test.each([403, 404, 429, 500, 503])("a %d does not", async (status) => {
  answering(status);
  await ask("/api/me");
  expect(isSignedOut.get()).toBe(false);
});
