/** Each page of a program in which nothing was made and nothing was called. */
import { expect, expectClean, shot, test } from "./fixture/test.ts";
import { pages } from "./pages.ts";

// Nobody is signed in.
test.use({ storageState: { cookies: [], origins: [] } });

/** What stands in place of rows or figures. */
const SAYS: Record<string, RegExp> = {
  "/": /No calls in/,
  "/welcome": /Choose where answers come from/,
  "/live": /No call is in flight/,
  "/requests": /No requests in Development/,
  "/features": /There is no feature yet/,
  "/models": /nothing tried|Idle/,
  "/keys": /1 key/,
  "/spending": /No budget is set/,
  "/journal": /first start/,
  "/settings": /Name for people/,
};

test("each page says that nothing is there, and what to do about it", async ({ page, fresh }) => {
  test.setTimeout(180_000);
  await page.goto(fresh.signInLink);
  for (const { path, heading } of pages) {
    await page.goto(fresh.address + path);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expect(page.locator("main .animate-pulse")).toHaveCount(0);
    await expect(page.locator("main").getByText(SAYS[path] ?? "what it says").first()).toBeVisible();
    await expect(page.locator("main").getByText(/NaN|undefined|Infinity|Invalid/)).toHaveCount(0);
    await shot(page, `nothing-${path === "/" ? "overview" : path.slice(1)}`);
    await expectClean(page);
  }
});
