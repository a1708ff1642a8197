/** The figures of the overview, and what its URL says. */
import { expect, expectClean, shot, test } from "./fixture/test.ts";

test("the time range and the view stand in the URL and survive a reload", async ({ page }) => {
  await page.goto("/");
  const figures = page.getByRole("region", { name: "Key figures" });
  await expect(figures).toContainText("Requests");
  await page.getByLabel("Time range").selectOption("7d");
  await expect(page).toHaveURL(/range=7d/);
  await page.reload();
  await expect(page.getByLabel("Time range")).toHaveValue("7d");
  await expect(page.getByText("success and p95 of the last 7 d")).toBeVisible();
  await expectClean(page);

  await page.getByRole("button", { name: "Executive" }).click();
  await expect(page).toHaveURL(/view=executive/);
  await expect(page.getByRole("heading", { name: "Month against budget" })).toBeVisible();
  await expect(page.getByText("of $500.00")).toBeVisible();
  await expect(page.getByRole("table", { name: "Weeks" })).toContainText("so far");
  await shot(page, "overview-executive");
  await expectClean(page);
});

test("what is counted is what was called", async ({ page, program }) => {
  const to = new Date(Date.now() + 900_000).toISOString();
  const from = new Date(Date.now() - 86_400_000).toISOString();
  const query = `environment=production&from=${from}&to=${to}`;
  await page.goto("/?env=production");
  const { items } = await program.manage<{ items: { calls: number }[] }>(
    "GET",
    `/spending/analytics?${query}`,
  );
  expect(items[0]?.calls).toBeGreaterThan(0);
  const requests = page.getByRole("region", { name: "Key figures" }).locator("dl > div").first();
  await expect(requests).toContainText(String(items[0]?.calls));
});

test("an environment without calls says so, and another one is a switch away", async ({ page }) => {
  await page.goto("/?env=staging");
  await expect(page.getByText("No calls in Staging in the last 24 h").first()).toBeVisible();
  await expectClean(page);
});

test("who has nothing yet is led to the first call", async ({ browser, fresh }) => {
  const context = await browser.newContext({ baseURL: fresh.address, storageState: undefined });
  const page = await context.newPage();
  await page.goto(fresh.signInLink);
  await page.goto("/");
  await page.getByRole("link", { name: "Make the first call" }).click();
  await expect(page).toHaveURL(/\/welcome/);
  await context.close();
});
