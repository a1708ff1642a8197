/** Keys of applications: issued once, rotated, revoked. */
import { expect, expectClean, forgive, type Page, shot, test } from "./fixture/test.ts";

const panel = (page: Page, name: string) =>
  page.getByRole("complementary", { name: `Key ${name}`, exact: true });
const dialog = (page: Page) => page.getByRole("dialog");

/** Reads the text that is shown once, and says that it is saved. */
async function textOf(page: Page, title: string): Promise<string> {
  const shown = dialog(page).filter({ has: page.getByRole("heading", { name: title }) });
  const text = (await shown.locator("pre").textContent()) ?? "";
  expect(text).toMatch(/^glx_\w+$/);
  await expect(shown.getByRole("button", { name: "Done" })).toBeDisabled();
  // What can't be shown again does not vanish by a slip.
  await page.keyboard.press("Escape");
  await expect(shown.getByText("Say that you have saved it")).toBeVisible();
  await shown.getByLabel("I have saved it").check();
  await shown.getByRole("button", { name: "Done" }).click();
  await expect(dialog(page)).toHaveCount(0);
  return text;
}

test("a key is issued, rotated and revoked, and each time the calls follow", async ({
  page,
  program,
}) => {
  const call = async (key: string) => (await program.call(key, "translation")).status;

  await page.goto("/keys?new=true");
  await dialog(page).getByLabel("Name").fill("journey");
  await dialog(page).getByLabel("Calls per minute").first().fill("a few");
  await expect(dialog(page).getByText("Give a whole number")).toBeVisible();
  await dialog(page).getByLabel("Calls per minute").first().fill("600");
  await dialog(page).getByRole("button", { name: "Issue key" }).click();
  const first = await textOf(page, "Issued key journey");
  expect(await call(first)).toBe(200);

  await page.getByRole("row", { name: /journey/ }).click();
  await expect(panel(page, "journey")).toContainText("600 calls/min");
  await panel(page, "journey").getByRole("button", { name: "Rotate" }).click();
  await dialog(page)
    .getByLabel("How long the old text still works")
    .selectOption({ label: "An hour" });
  await dialog(page).getByRole("button", { name: "Rotate key" }).click();
  const second = await textOf(page, "Rotated key journey");
  expect(second).not.toBe(first);
  expect([await call(first), await call(second)]).toEqual([200, 200]);

  await panel(page, "journey").getByRole("button", { name: "Rotate" }).click();
  await dialog(page).getByLabel("How long the old text still works").selectOption("0");
  await dialog(page).getByRole("button", { name: "Rotate key" }).click();
  // Without an overlap it is as final as revoking.
  const rotate = dialog(page).getByRole("button", { name: "Rotate", exact: true });
  await expect(dialog(page)).toContainText("Production.");
  await expect(rotate).toBeDisabled();
  await dialog(page).getByLabel("Type journey to go on").fill("journey");
  await dialog(page).getByLabel("Reason").fill("it was in a log");
  await rotate.click();
  const third = await textOf(page, "Rotated key journey");
  await expect.poll(() => call(second)).toBe(401);
  expect(await call(third)).toBe(200);
  await expect(panel(page, "journey")).toContainText(third.slice(-4));
  await shot(page, "keys-rotated");
  await expectClean(page);

  await panel(page, "journey").getByRole("button", { name: "Revoke" }).click();
  const revoke = dialog(page).getByRole("button", { name: "Revoke" });
  await expect(dialog(page)).toContainText("Production.");
  await expect(revoke).toBeDisabled();
  await dialog(page).getByLabel("Type journey to go on").fill("journey");
  await shot(page, "keys-revoke");
  await revoke.click();
  await expect(panel(page, "journey")).toContainText("Revoked");
  await expect.poll(() => call(third)).toBe(401);
});

test("what a key may do is changed with the difference in sight, and refused when it makes no sense", async ({
  page,
  program,
}) => {
  const key = { name: "bounded", environment: "staging", features: ["chatbot"], models: [] };
  await program.manage("POST", "/keys", key);
  await page.goto("/keys?in=staging");
  await page.getByRole("row", { name: /bounded/ }).click();
  await panel(page, "bounded").getByRole("button", { name: "Edit" }).click();
  const networks = dialog(page).getByRole("textbox", { name: "Only from" });
  await networks.fill("nowhere");
  await dialog(page).getByRole("button", { name: "Review change" }).click();
  await expect(networks).toHaveAttribute("aria-invalid", "true");
  await dialog(page).getByRole("button", { name: "Remove nowhere/32" }).click();
  await networks.fill("203.0.113.7");
  await dialog(page).getByRole("button", { name: "Review change" }).click();
  await expect(dialog(page)).toContainText("203.0.113.7/32");
  await shot(page, "keys-review");
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  // The form is as it was left.
  await expect(dialog(page).getByText("203.0.113.7/32")).toBeVisible();
  await dialog(page).getByRole("button", { name: "Review change" }).click();
  await dialog(page).getByRole("button", { name: "Change", exact: true }).click();
  await expect(panel(page, "bounded")).toContainText("203.0.113.7/32");
  forgive(page, /400 \(Bad Request\)/);
  await expectClean(page);
});

test("someone else changed the key meanwhile: the change is looked at against the new state, and both stay", async ({
  page,
  program,
}) => {
  const key = { name: "contested", environment: "development", features: ["chatbot"], models: [] };
  await program.manage("POST", "/keys", key);
  await page.goto("/keys");
  await page.getByRole("row", { name: /contested/ }).click();
  await panel(page, "contested").getByRole("button", { name: "Edit" }).click();
  await dialog(page).getByLabel("Calls at once").first().fill("5");
  const limits = { requests_per_minute: 60 };
  await program.manage("PATCH", "/keys/contested", { features: ["summaries"], limits });
  // The page has heard of it, and what was typed is still there.
  await expect(page.locator("aside[aria-label='Key contested']")).toContainText("summaries");
  await expect(dialog(page).getByLabel("Calls at once").first()).toHaveValue("5");
  await dialog(page).getByRole("button", { name: "Review change" }).click();
  await expect(dialog(page)).toContainText("Someone else changed this");
  await dialog(page).getByRole("button", { name: "Review against the new state" }).click();
  await expect(dialog(page)).toContainText("oncurrency");
  await expect(dialog(page)).not.toContainText("summaries");
  await dialog(page).getByRole("button", { name: "Change", exact: true }).click();
  await expect(panel(page, "contested")).toContainText("60 calls/min · 5 at once");
  const saved = await program.manage<{ features: string[] }>("GET", "/keys/contested");
  expect(saved.features).toEqual(["summaries"]);
});
