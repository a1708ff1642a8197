/** Each page in both themes and both widths: no barrier, no complaint, and a picture to look at. */
import { expect, expectClean, shot, test } from "./fixture/test.ts";
import { pages } from "./pages.ts";

const WIDTHS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

for (const colorScheme of ["light", "dark"] as const) {
  for (const [device, viewport] of Object.entries(WIDTHS)) {
    test.describe(`${device}, ${colorScheme}`, () => {
      test.use({ colorScheme, viewport, hasTouch: device === "phone" });
      for (const { path, heading } of pages) {
        test(`${path} is clean`, async ({ page }) => {
          await page.goto(path);
          await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
          await page.waitForLoadState("networkidle");
          await expect(page.locator(".animate-pulse")).toHaveCount(0);
          const name = path === "/" ? "overview" : path.slice(1).replaceAll("/", "-");
          await shot(page, `${name}-${device}-${colorScheme}`);
          await expectClean(page);
        });
      }
    });
  }
}
