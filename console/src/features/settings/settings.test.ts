import { expect, test } from "vitest";
import { endOf } from "./issue-token";
import type { Token } from "./queries";
import { parseSearch } from "./search";
import { stateOf } from "./tokens";

const token: Token = {
  created_at: "2026-11-01T00:00:00Z",
  expires_at: "2026-12-01T00:00:00Z",
  id: "tok_1",
  name: "ci",
  revoked_at: null,
  role: "ai-viewer",
  shown: "glt_ab…yz",
};

test("a token is valid until it ends or is revoked", () => {
  const at = (text: string) => Date.parse(text);
  expect(stateOf(token, at("2026-11-30T23:59:59Z"))).toBe("valid");
  expect(stateOf(token, at("2026-12-01T00:00:00Z"))).toBe("ended");
  expect(stateOf({ ...token, expires_at: null }, at("2099-01-01T00:00:00Z"))).toBe("valid");
  expect(stateOf({ ...token, revoked_at: token.created_at }, 0)).toBe("revoked");
});

test("a token ends after its days, or never", () => {
  expect(endOf("30", Date.parse("2026-11-01T00:00:00Z"))).toBe("2026-12-01T00:00:00.000Z");
  expect(endOf("never", 0)).toBeUndefined();
});

test("a tab that there is none of is the first one", () => {
  expect(parseSearch({ tab: "owls", new: "1" })).toEqual({ tab: undefined, new: undefined });
  expect(parseSearch({ tab: "about", new: true })).toEqual({ tab: "about", new: true });
});
