import { expect, test } from "vitest";
import { tokenIn } from "./sign-in";

test.each([
  ["http://127.0.0.1:8080/api/auth/link?token=gli_abcDEF0123456789xyz", "gli_abcDEF0123456789xyz"],
  ["  gli_abcDEF0123456789xyz ", "gli_abcDEF0123456789xyz"],
  ["http://127.0.0.1:8080/api/auth/link?token=%zz", "%zz"],
  ["hello", null],
  ["", null],
  ["javascript:alert(1)", null],
])("the token in %s", (text, token) => expect(tokenIn(text)).toBe(token));
