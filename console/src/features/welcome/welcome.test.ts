import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { type Feature, type Key, latestOf, nextOf, opens } from "./journey";
import { likelyModel } from "./likely-model";
import { freeName } from "./provider-form";
import { parseSearch } from "./search";
import { LANGUAGES, snippet } from "./snippets";

test("only steps that there are can be opened", () => {
  expect(parseSearch({ step: "key", add: "true" })).toEqual({ step: "key", add: true });
  expect(parseSearch({ step: "party", add: 1 })).toEqual({ step: undefined, add: undefined });
});

test("it goes on with the first step that is left to do", () => {
  const done = { models: true, feature: true, key: false, call: false };
  expect(nextOf(done)).toBe("key");
  expect(nextOf({ ...done, models: false })).toBe("models");
  expect(nextOf({ ...done, key: true, call: true })).toBe("call");
});

test("it is about the feature that was made last", () => {
  const feature = (name: string, created_at: string) => ({ name, created_at }) as Feature;
  const features = [feature("a", "2026-11-20T10:00:00Z"), feature("b", "2026-11-21T10:00:00Z")];
  expect(latestOf(features)?.name).toBe("b");
  expect(latestOf([])).toBeUndefined();
});

const key = (change: Partial<Key> = {}) =>
  ({ environment: "development", features: ["chatbot"], ...change }) as Key;
const now = Date.parse("2026-11-21T12:00:00Z");
test.each([
  ["of the feature", key(), true],
  ["of all features", key({ features: ["*"] }), true],
  ["of another feature", key({ features: ["search"] }), false],
  ["of another environment", key({ environment: "production" }), false],
  ["that was revoked", key({ revoked_at: "2026-11-20T00:00:00Z" }), false],
  ["that ran out", key({ expires_at: "2026-11-21T11:00:00Z" }), false],
  ["that will run out", key({ expires_at: "2026-11-22T00:00:00Z" }), true],
])("a key %s", (_, given, expected) => {
  expect(opens(given, "chatbot", "development", now)).toBe(expected);
});

test("a first model is cheap and of today", () => {
  const model = (name: string, context_window: number, rate: string, type = "llm") =>
    ({
      name,
      context_window,
      type,
      prices: [{ meter: "output_tokens", rate_per_million: rate }],
    }) as never;
  const models = [
    model("old", 4_096, "0.10"),
    model("large", 200_000, "10"),
    model("small", 128_000, "0.40"),
    model("ears", 128_000, "0.01", "audio"),
  ];
  expect(likelyModel(models)).toBe("small");
  expect(likelyModel([model("old", 4_096, "0.10")])).toBe("old");
  expect(likelyModel([model("ears", 0, "1", "audio")])).toBeUndefined();
});

test("a name that somebody has is numbered", () => {
  expect(freeName("openai", [])).toBe("openai");
  expect(freeName("openai", ["openai", "openai-2"])).toBe("openai-3");
});

const call = { origin: "https://glaux.example", key: "glx_abc", model: "chatbot" };

test.each(LANGUAGES.map(({ value }) => value))("the call in %s names what it needs", (language) => {
  const code = snippet(language, call);
  for (const part of ["https://glaux.example/v1", "glx_abc", "chatbot"])
    expect(code).toContain(part);
});

test("a shell reads the curl as one command, a program reads the JavaScript", () => {
  const shown = snippet("curl", call).replace(/^curl/, "printf '%s\\n'");
  const words = execFileSync("sh", ["-c", shown], { encoding: "utf8" }).trim().split("\n");
  expect(words[0]).toBe("https://glaux.example/v1/chat/completions");
  expect(JSON.parse(words.at(-1)!)).toMatchObject({ model: "chatbot" });
  const code = snippet("javascript", call);
  expect(() => new Function(`return async () => { ${code} }`)).not.toThrow();
});
