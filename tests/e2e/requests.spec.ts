/** Finding one call among many: by what it cost, by how it ended, as it comes. */
import { expect, expectClean, type Page, shot, test } from "./fixture/test.ts";

const grid = (page: Page) => page.getByRole("grid", { name: "Requests" });
const rows = (page: Page) => grid(page).getByRole("row").filter({ has: page.getByRole("gridcell") });
const panel = (page: Page) => page.getByRole("complementary", { name: "Request", exact: true });

test("an expensive call is found, and says who charged what for it", async ({ page, program, seeded }) => {
  await program.manage("POST", "/models", {
    provider: "acme",
    name: "costly",
    upstream_name: "costly+words-2000",
    type: "llm",
    prices: [
      { meter: "input_tokens", rate_per_million: "50.00" },
      { meter: "output_tokens", rate_per_million: "200.00" },
    ],
  });
  const answer = await program.call(seeded.keys.batch, "acme/costly", { user: "spender" });
  expect(answer.status).toBe(200);

  await page.goto("/requests");
  await expect(page.getByRole("status").first()).toContainText(/\d/);
  await expect(rows(page).first()).toBeVisible();
  await page.getByRole("button", { name: "Costly" }).click();
  await page.getByRole("option", { name: "$0.1" }).click();
  await expect(page).toHaveURL(/dearer=/);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("acme/costly");
  await expect(rows(page)).toContainText("spender");
  await shot(page, "requests-expensive");

  await rows(page).click();
  await expect(panel(page)).toContainText("Output tokens");
  await expect(panel(page)).toContainText("2,000");
  await expect(panel(page)).toContainText("$200");
  await expect(panel(page)).toContainText("everything");
  await expect(panel(page)).toContainText("batch");
  await shot(page, "requests-explained");
  await expectClean(page);

  // What its sender saw is in the link.
  const address = page.url();
  await page.goto("/keys");
  await page.goto(address);
  await expect(panel(page)).toContainText("acme/costly");
  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(page).not.toHaveURL(/dearer=/);
});

test("a call that was tried again says where, and why it failed before", async ({
  page,
  program,
  upstream,
  seeded,
}) => {
  upstream.ways.set("steady+slow-60+words-60", "fail-503");
  const answer = await program.call(seeded.keys.web, "chatbot", { user: "patient" });
  upstream.ways.delete("steady+slow-60+words-60");
  expect(answer.status).toBe(200);

  await page.goto("/requests?user=patient");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("Retried");
  await grid(page).focus();
  await page.keyboard.press("Enter");
  await expect(panel(page)).toContainText("answered 503");
  await expect(panel(page)).toContainText("globex/swift");
  await shot(page, "requests-retried");
  await expectClean(page);
});

test("calls are seen as they come, and wait while one reads", async ({ page, program, seeded }) => {
  const call = (user: string) => program.call(seeded.keys.batch, "translation", { user });
  await page.goto("/requests");
  await expect(rows(page).first()).toBeVisible();
  await page.getByRole("button", { name: "Live" }).click();
  await expect(page).toHaveURL(/live=true/);
  await call("first-to-come");
  await expect(rows(page).first()).toContainText("first-to-come");

  await rows(page).first().click();
  await expect(panel(page)).toBeVisible();
  await call("second-to-come");
  await page.getByRole("button", { name: "1 new" }).click();
  await page.keyboard.press("Escape");
  await expect(rows(page).first()).toContainText("second-to-come");
  await expectClean(page);
});

test("what nobody asked for is not read: what was said is noted in the journal when it is", async ({ page }) => {
  const read: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/payload")) read.push(request.url());
  });
  await page.goto("/requests?status=success");
  await rows(page).first().click();
  await expect(panel(page)).toContainText("written into the journal");
  expect(read).toEqual([]);
});

test("keys move, open and close", async ({ page }) => {
  await page.goto("/requests");
  await expect(rows(page).first()).toBeVisible();
  await grid(page).focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(panel(page)).toBeVisible();
  const second = page.url();
  await page.keyboard.press("k");
  await expect(page).not.toHaveURL(second);
  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
  await page.keyboard.press("/");
  await page.keyboard.type("no-such-user");
  await expect(page.getByText("No requests match these filters")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(rows(page).first()).toBeVisible();
  await expectClean(page);
});
