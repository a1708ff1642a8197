/** What a page shows when something is not as it should be. */
import { expect, expectClean, forgive, MANAGEMENT, type Page, shot, test } from "./fixture/test.ts";
import { problem } from "./fixture/trouble.ts";

const BUDGETS = `**${MANAGEMENT}/spending/budgets?*`;
type LastUse = { last_used_at: string | null };
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

test("an error of the program is told with its request, and the rest of the page stays", async ({ page }) => {
  let isBroken = true;
  await page.route(BUDGETS, (route) =>
    isBroken ? route.fulfill(problem(500, "Something failed inside")) : route.continue(),
  );
  await page.goto("/spending");
  const failure = page.getByRole("alert").filter({ hasText: "could not be read" }).first();
  await expect(failure).toContainText("req_42");
  await expect(heading(page, "Spending")).toBeVisible();
  await shot(page, "state-error");
  forgive(page, /500/);
  await expectClean(page);
  isBroken = false;
  await failure.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("chatbot cap").first()).toBeVisible();
});

test("too many requests: it says when to come back", async ({ page }) => {
  await page.route(BUDGETS, (route) =>
    route.fulfill({ ...problem(429, "Too many requests"), headers: { "retry-after": "7" } }),
  );
  await page.goto("/spending");
  await expect(page.getByText("Try again in 7 s.").first()).toBeVisible();
  forgive(page, /429/);
});

test("what one may not see is said, and not taken for a failure", async ({ page }) => {
  await page.route(BUDGETS, (route) =>
    route.fulfill(problem(403, "Forbidden", { detail: "this needs the permission `spending.read`" })),
  );
  await page.goto("/spending");
  await expect(page.getByText("You may not see").first()).toBeVisible();
  await expect(page.getByText("spending.read").first()).toBeVisible();
  await shot(page, "state-denied");
  forgive(page, /403/);
  await expectClean(page);
});

test("rights decide which pages and actions there are", async ({ page }) => {
  await page.route("**/api/me", async (route) => {
    const answer = await route.fetch();
    const permissions = ["me.read", "events.read", "organization.read", "usage.read", "keys.read"];
    await route.fulfill({ response: answer, json: { ...(await answer.json()), permissions } });
  });
  await page.goto("/keys");
  await expect(heading(page, "Keys")).toBeVisible();
  const navigation = page.getByRole("navigation", { name: "Main" });
  await expect(navigation.getByRole("link", { name: "Requests" })).toBeVisible();
  await expect(navigation.getByRole("link", { name: "Journal" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Issue key" })).toHaveCount(0);
});

test("who is signed out meanwhile signs in where he was", async ({ page, context }) => {
  await page.goto("/keys");
  await expect(heading(page, "Keys")).toBeVisible();
  await context.clearCookies();
  await page.goto("/spending?env=staging");
  await expect(heading(page, "Sign in to Glaux")).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/spending");
  forgive(page, /401/);
});

test("without a network it says so, and how old what is shown is; then it goes on", async ({ page, context }) => {
  await page.goto("/keys");
  await expect(heading(page, "Keys")).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText(/No network|Reconnecting/).first()).toBeVisible({ timeout: 50_000 });
  await expect(page.getByText(/^what you see is \d+ s old$/)).toBeVisible();
  await shot(page, "state-offline");
  await context.setOffline(false);
  await expect(page.getByText(/No network|Reconnecting/)).toHaveCount(0, { timeout: 40_000 });
  forgive(page, /ERR_INTERNET_DISCONNECTED|WebSocket/);
});

test("a slow answer is waited for in the page's own layout", async ({ page }) => {
  let answer = () => {};
  const isWanted = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(BUDGETS, async (route) => {
    await isWanted;
    await route.continue();
  });
  await page.goto("/spending");
  await expect(heading(page, "Spending")).toBeVisible();
  await expect(page.locator(".animate-pulse").first()).toBeVisible();
  await shot(page, "state-slow");
  answer();
  await expect(page.getByText("chatbot cap").first()).toBeVisible();
});

test("names of any length and direction stay within their place", async ({ page, program }) => {
  const names = [`${"very-".repeat(11)}long`, "هدهد يراقب كل مكالمة", "<img src=x onerror=alert(1)>"];
  for (const [index, display_name] of names.entries()) {
    await program.manage("POST", "/features", { name: `named-${index}-${"x".repeat(40)}`, display_name });
  }
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(viewport);
    await page.goto("/features");
    for (const name of names) await expect(page.getByText(name).first()).toBeVisible();
    await shot(page, `state-names-${viewport.width}`);
    await expectClean(page);
  }
});

test("a browser whose clock is three hours ahead tells ages as they are", async ({ page, program }) => {
  const wanted = { name: "just-used", environment: "production", features: ["*"], models: ["*"] };
  const { key } = await program.manage<{ key: string }>("POST", "/keys", wanted);
  await program.call(key, "translation");
  await expect.poll(async () => (await program.manage<LastUse>("GET", "/keys/just-used")).last_used_at).toBeTruthy();
  await page.clock.setSystemTime(Date.now() + 3 * 3_600_000);
  await page.goto("/keys");
  const row = page.getByRole("row", { name: /just-used/ });
  await expect(row.getByRole("cell", { name: /^(now|\d+ s ago)$/ })).toBeVisible();
  await expect(page.getByText(/in \d+ (h|min)|[23] h ago/)).toHaveCount(0);
});

test("what is done in one tab is seen in the other", async ({ page, context, program }) => {
  await page.goto("/keys");
  const other = await context.newPage();
  await other.goto("/keys");
  await expect(heading(page, "Keys")).toBeVisible();
  const key = { name: "made-elsewhere", environment: "production", features: ["*"], models: ["*"] };
  await program.manage("POST", "/keys", key);
  for (const tab of [other, page]) {
    // A tab in the background draws nothing; it has caught up when it is looked at.
    await tab.bringToFront();
    await expect(tab.getByText("made-elsewhere").first()).toBeVisible();
  }
  await expectClean(page);
});

test("a page that was open while the program was replaced says so", async ({ page }) => {
  await page.goto("/keys");
  await expect(heading(page, "Keys")).toBeVisible();
  await page.route(`**${MANAGEMENT}/**`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "x-console-build": "another" } });
  });
  await page.getByRole("link", { name: "Spending" }).first().click();
  await expect(page.getByText("Glaux was updated.")).toBeVisible();
  await expectClean(page);
});

test("a script that is gone after an update has the page load anew, once", async ({ page }) => {
  await page.goto("/keys");
  await expect(heading(page, "Keys")).toBeVisible();
  let refused = 0;
  await page.route("**/assets/*.js", (route) => {
    refused += 1;
    return refused === 1 ? route.fulfill({ status: 404 }) : route.continue();
  });
  await page.getByRole("link", { name: "Journal" }).first().click();
  await expect(heading(page, "Journal")).toBeVisible();
  expect(refused).toBeGreaterThan(0);
  forgive(page, /404|Failed to fetch dynamically/);
});
