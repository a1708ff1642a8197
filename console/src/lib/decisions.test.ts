import { expect, test } from "vitest";
import { actionWord, whatWords } from "./decisions";

test.each([
  ["create", "Created"],
  ["publish", "Published"],
  ["delete", "Removed"],
  ["set_aside", "Set aside"],
])("%s is told as %s", (action, told) => expect(actionWord(action)).toBe(told));

test("what was done with what", () => {
  expect(whatWords({ kind: "routing_policy", action: "update" })).toBe("Changed routing policy");
  expect(whatWords({ kind: "session", action: "sign_in" })).toBe("Signed in");
});
