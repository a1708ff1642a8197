/** What an organization is called, and what programs manage it with. */
import { expect, expectClean, shot, test } from "./fixture/test.ts";

test("a service token is shown once, opens what its role may, and nothing once revoked", async ({ page, program }) => {
  await page.goto("/settings?tab=tokens&new=true");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("pipeline");
  await dialog.getByRole("button", { name: "Issue token" }).click();
  const token = (await dialog.getByLabel("Token", { exact: true }).innerText()).trim();
  await shot(page, "settings-issued");
  await expectClean(page);
  await dialog.getByLabel("I have saved it").check();
  await dialog.getByRole("button", { name: "Done" }).click();

  const ask = () => fetch(`${program.address}/api/me`, { headers: { authorization: `Bearer ${token}` } });
  expect((await ask()).status).toBe(200);
  await page.getByRole("button", { name: "Revoke token pipeline" }).click();
  await dialog.getByLabel("Type pipeline to go on").fill("pipeline");
  await dialog.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(page.getByRole("table", { name: "Service tokens" })).toContainText("Revoked");
  expect((await ask()).status).toBe(401);
});

test("someone else changed the organization: what differs is shown before it is saved", async ({ page, program }) => {
  await page.goto("/settings");
  await page.getByLabel("Name for people").fill("Northwind");
  await program.ask("PATCH", "/api/organizations/default", { time_zone: "Europe/Paris" });
  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("alert")).toContainText("Someone else changed this");
  await dialog.getByRole("button", { name: "Review against the new state" }).click();
  await expect(dialog).toContainText("Northwind");
  await shot(page, "settings-conflict");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Time zone")).toHaveValue("Europe/Paris");
  await program.ask("PATCH", "/api/organizations/default", { time_zone: "UTC", display_name: "Default" });
});
