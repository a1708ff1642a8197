/** What is spent, and who is stopped before he spends more. */
import { expect, expectClean, type Page, shot, test } from "./fixture/test.ts";

const panel = (page: Page) => page.getByRole("complementary", { name: "Budget", exact: true });
const review = (page: Page, verb: string) =>
  page.getByRole("dialog").getByRole("button", { name: verb, exact: true }).click();

test("a budget blocks a key, and lets it go on when it is raised", async ({ page, program }) => {
  const issued = { name: "spender", environment: "production", features: ["translation"], models: ["*"] };
  const { key } = await program.manage<{ key: string }>("POST", "/keys", issued);
  expect((await program.call(key, "translation")).status).toBe(200);

  await page.goto("/spending");
  await page.getByRole("button", { name: "Set a budget" }).first().click();
  await page.getByLabel("Name").fill("spender cap");
  await page.getByLabel("Counts").selectOption("part");
  await page.getByLabel("Key", { exact: true }).fill("spender");
  await page.getByLabel("Limit", { exact: true }).fill("0.000001");
  await page.getByLabel("At the limit").selectOption("block");
  await shot(page, "spending-set-budget");
  await review(page, "Review");
  await expect(page.getByRole("dialog")).toContainText("$0.000001");
  await page.getByLabel("Reason").fill("it runs wild");
  await review(page, "Set budget");

  await expect(panel(page)).toContainText("Key spender");
  await expect(panel(page)).toContainText("Block calls");
  const refused = await program.call(key, "translation");
  expect(refused.status).toBe(402);
  expect(JSON.stringify(refused.body)).toContain("spender cap");
  await shot(page, "spending-blocked");
  await expectClean(page);

  await panel(page).getByRole("button", { name: "Edit budget" }).click();
  await page.getByLabel("Limit", { exact: true }).fill("12.5");
  await review(page, "Review");
  await expect(page.getByRole("dialog")).toContainText("12.5");
  await review(page, "Change budget");
  await expect(panel(page)).toContainText("of $12.50");
  expect((await program.call(key, "translation")).status).toBe(200);

  // Who refused it stands beside the call.
  await page.goto("/requests?key=spender&status=blocked");
  await expect(page.getByRole("grid", { name: "Requests" })).toContainText("Blocked");
});

test("costs are grouped, and a figure leads to its calls", async ({ page }) => {
  await page.goto("/spending?range=24h");
  const table = page.getByRole("table", { name: "Costs by group" });
  await expect(table.getByRole("rowheader", { name: "chatbot" })).toBeVisible();
  await page.getByLabel("And by").selectOption("model");
  await expect(page).toHaveURL(/by=/);
  await expect(table.getByRole("columnheader", { name: "acme/large" })).toBeVisible();
  await shot(page, "spending-by-feature-and-model");
  await table.getByRole("row", { name: /^chatbot/ }).getByRole("link").first().click();
  await expect(page).toHaveURL(/\/requests\?.*feature=chatbot/);
  await expect(page.getByRole("grid", { name: "Requests" })).toContainText("chatbot");
});
