/** Each page when nothing can be read, when one may not, when answers take long, and when nothing is there. */
import { expect, expectClean, forgive, type Page, shot, test } from "./fixture/test.ts";
import { type Answering, answerReads, problem } from "./fixture/trouble.ts";
import { pages } from "./pages.ts";

const named = (path: string) => (path === "/" ? "overview" : path.slice(1));
const main = (page: Page) => page.locator("main");

for (const { path, heading } of pages) {
  const title = (page: Page) => page.getByRole("heading", { level: 1, name: heading });
  const open = async (page: Page, answering: Answering) => {
    await answerReads(page, answering);
    await page.goto(path);
    await expect(title(page)).toBeVisible();
  };

  test(`${path} says what could not be read, and with which request`, async ({ page }) => {
    await open(page, (route) => route.fulfill(problem(500, "Something failed inside")));
    const failure = main(page).getByRole("alert").filter({ hasText: "could not be read" });
    await expect(failure.first()).toContainText("req_42");
    await expect(failure.first().getByRole("button", { name: "Try again" })).toBeVisible();
    await expect(main(page).locator(".animate-pulse")).toHaveCount(0);
    await expect(title(page)).toBeVisible();
    await shot(page, `trouble-${named(path)}-error`);
    forgive(page, /500/);
    await expectClean(page);
  });

  test(`${path} says what one may not see`, async ({ page }) => {
    await open(page, (route) => route.fulfill(problem(403, "Forbidden", { detail: "this needs a permission" })));
    await expect(main(page).getByText("You may not see").first()).toBeVisible();
    await expect(main(page).getByRole("alert").filter({ hasText: "could not be read" })).toHaveCount(0);
    await expect(main(page).locator(".animate-pulse")).toHaveCount(0);
    await expect(title(page)).toBeVisible();
    await shot(page, `trouble-${named(path)}-denied`);
    forgive(page, /403/);
    await expectClean(page);
  });

  test(`${path} waits in its own layout`, async ({ page }) => {
    let answer = () => {};
    const isTime = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await open(page, (route) => isTime.then(() => route.continue()));
    await expect(main(page).locator(".animate-pulse").first()).toBeVisible();
    await expectClean(page);
    await shot(page, `trouble-${named(path)}-slow`);
    answer();
    await expect(main(page).locator(".animate-pulse")).toHaveCount(0);
    await expect(title(page)).toBeVisible();
    await expectClean(page);
  });
}
