import { expect, test } from "vitest";
import type { Schemas } from "@/api/client";
import { removal } from "./provider-panel";

const provider = (credential_fingerprint: string | null) =>
  ({ name: "acme", credential_fingerprint }) as Schemas["Provider"];

test("only who destroys a credential types the name: a provider without one can come back", () => {
  expect(removal(provider("ab12"), () => {})).toMatchObject({ confirm: "acme", cannotUndo: true });
  const change = removal(provider(null), () => {});
  expect(change).not.toHaveProperty("confirm");
  expect(change).not.toHaveProperty("cannotUndo");
});
