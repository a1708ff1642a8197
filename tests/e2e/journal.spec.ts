/** What was decided, and taking it back. */
import { expect, expectClean, type Page, shot, test } from "./fixture/test.ts";

const grid = (page: Page) => page.getByRole("grid", { name: "Journal" });
const panel = (page: Page) => page.getByRole("complementary", { name: "Entry", exact: true });

test("a decision is found, explained and taken back", async ({ page, program }) => {
  const feature = { name: "short-lived", display_name: "Short lived" };
  await program.manage("POST", "/features", feature);
  await program.manage("PATCH", "/features/short-lived", { display_name: "Renamed by mistake" });

  await page.goto("/journal?kind=feature");
  await expect(grid(page)).toContainText("short-lived");
  await grid(page).focus();
  await page.keyboard.press("Enter");
  await expect(panel(page)).toContainText("Changed feature");
  await expect(panel(page)).toContainText("Renamed by mistake");
  await shot(page, "journal-entry");
  await expectClean(page);

  await panel(page).getByRole("button", { name: "Undo this change" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Undo", exact: true }).click();
  await expect(panel(page)).toContainText("Takes back");
  const now = await program.manage<{ display_name: string }>("GET", "/features/short-lived");
  expect(now.display_name).toBe("Short lived");

  await panel(page).getByRole("button", { name: /^Entry \d+$/ }).click();
  await expect(panel(page)).toContainText("Taken back by");
  await expect(panel(page).getByRole("button", { name: "Undo this change" })).toHaveCount(0);
  await expect(panel(page)).toContainText("It can’t be undone");
});

test("what is decided elsewhere appears by itself, and the chain is whole", async ({ page, program }) => {
  await page.goto("/journal");
  await expect(page.getByRole("button", { name: /^Chain whole/ })).toBeVisible();
  await program.manage("POST", "/features", { name: "out-of-the-blue", display_name: "Out of the blue" });
  await expect(grid(page)).toContainText("out-of-the-blue");
  await page.getByRole("button", { name: /^Chain whole/ }).click();
  await expect(page.getByRole("dialog")).toContainText("as written");
  await shot(page, "journal-chain");
  await expectClean(page);
});
