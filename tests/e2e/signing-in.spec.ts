/** The way in: a link that works once, and what it says when it does not. */
import { expect, expectClean, forgive, shot, test } from "./fixture/test.ts";

// Nobody is signed in.
test.use({ storageState: { cookies: [], origins: [] } });

test("the link of the start signs in, once", async ({ page, context, fresh }) => {
  await page.goto(fresh.signInLink);
  expect(new URL(page.url()).pathname).not.toContain("sign-in");
  const me = await page.request.get(`${fresh.address}/api/me`);
  expect((await me.json()).name).toBe("admin");

  // Who is signed in already has no business at the way in.
  await page.goto(`${fresh.address}/sign-in`);
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

  await context.clearCookies();
  await page.goto(fresh.signInLink);
  await expect(page.getByRole("alert")).toContainText("used already");
  expect(page.url()).toBe(`${fresh.address}/sign-in?problem=link_used`);
});

test("who is not signed in is asked to, on any page", async ({ page, program }) => {
  for (const path of ["/", "/sign-in", "/sign-in?problem=link_used"]) {
    await page.goto(program.address + path);
    await expect(page.getByRole("heading", { level: 1, name: /sign in/i })).toBeVisible();
  }
  await expect(page.getByRole("alert")).toContainText("used already");
  await page.waitForLoadState("networkidle");
  await shot(page, "sign-in");
  // The browser itself complains of each answer with 401.
  forgive(page, /401 \(Unauthorized\)/);
  await expectClean(page);
});
