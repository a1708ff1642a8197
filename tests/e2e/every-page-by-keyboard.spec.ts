/** Each page by the Tab key alone, and the shell by its keys. */
import { expect, expectClean, type Page, test } from "./fixture/test.ts";
import { pages } from "./pages.ts";

/** More than any page has. */
const MOST_STOPS = 400;
/** A field for a day has as many within: its day, month, year, and a button. */
const MOST_WITHIN = 4;

type Stop = { what: string; isSeen: boolean; isInView: boolean; isNew: boolean; isSame: boolean };

/** Where the focus stands, or nothing after the last control. */
function stop(page: Page): Promise<Stop | null> {
  return page.evaluate(() => {
    const kept = window as unknown as { stops: Set<Element>; last: Element | null };
    kept.stops ??= new Set();
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const isNew = !kept.stops.has(element);
    const isSame = kept.last === element;
    kept.stops.add(element);
    kept.last = element;
    const marks = (one: Element) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      return (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) || boxShadow !== "none";
    };
    // A field without a frame of its own is marked by the frame around it.
    const isSeen = marks(element) || (element instanceof HTMLInputElement && marks(element.parentElement ?? element));
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    const isBeyond = right <= 0 || bottom <= 0 || left >= innerWidth || top >= innerHeight;
    const name = element.getAttribute("aria-label") ?? element.textContent ?? "";
    const what = `${element.tagName.toLowerCase()} ${element.getAttribute("role") ?? ""} ${name.slice(0, 60)}`;
    return { what, isSeen, isInView: !isBeyond && width > 0 && height > 0, isNew, isSame };
  });
}

/** What Tab should have reached and did not. */
function missed(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { stops } = window as unknown as { stops: Set<Element> };
    const CONTROLS = "a[href],button,input,select,textarea,summary,[tabindex]";
    const isReached = (element: HTMLElement) =>
      element.tabIndex < 0 ||
      element.matches(":disabled,[aria-hidden=true],[aria-hidden=true] *,[inert] *") ||
      !element.checkVisibility({ visibilityProperty: true }) ||
      // One of a group of radios stands for all of them.
      (element instanceof HTMLInputElement && element.type === "radio") ||
      stops.has(element);
    return [...document.querySelectorAll<HTMLElement>(CONTROLS)]
      .filter((element) => !isReached(element))
      .map((element) => element.outerHTML.slice(0, 160));
  });
}

for (const { path, heading } of pages) {
  test(`${path} by Tab, from the skip link to the last control`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expect(page.locator(".animate-pulse")).toHaveCount(0);
    await page.keyboard.press("Tab");
    expect((await stop(page))?.what).toContain("Skip to content");
    const faults: string[] = [];
    let [stops, within] = [1, 1];
    for (; stops < MOST_STOPS; stops += 1) {
      await page.keyboard.press("Tab");
      const at = await stop(page);
      within = at?.isSame ? within + 1 : 1;
      if (!at || within > MOST_WITHIN || !(at.isNew || at.isSame)) break;
      // What lies within a field is marked by the browser, out of reach of styles and scripts.
      if (!at.isSeen && at.isNew) faults.push(`the focus is not seen: ${at.what}`);
      if (!at.isInView) faults.push(`it is out of view: ${at.what}`);
    }
    expect(faults).toEqual([]);
    expect(stops).toBeLessThan(MOST_STOPS);
    expect(await missed(page)).toEqual([]);
  });
}

test("the skip link leads past the navigation", async ({ page }) => {
  await page.goto("/keys");
  await expect(page.getByRole("heading", { level: 1, name: "Keys" })).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.closest("main")?.id)).toBe("main");
});

test("the palette opens, finds and goes; Escape gives the focus back", async ({ page }) => {
  await page.goto("/keys");
  await expect(page.getByRole("heading", { level: 1, name: "Keys" })).toBeVisible();
  const search = page.getByRole("button", { name: /Search or run/ }).first();
  await search.focus();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search pages and actions" })).toBeFocused();
  await expectClean(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(search).toBeFocused();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search pages and actions" })).toBeFocused();
  await page.keyboard.type("journ");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Journal" })).toBeFocused();
  expect(new URL(page.url()).pathname).toBe("/journal");
});

test("the navigation of a phone is a drawer that holds the focus and gives it back", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/keys");
  const open = page.getByRole("button", { name: "Open navigation" });
  await open.focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: "Navigation" });
  await expect(drawer).toBeVisible();
  for (let stops = 0; stops < 30; stops += 1) {
    await page.keyboard.press("Tab");
    expect(await drawer.evaluate((element) => element.parentElement?.contains(document.activeElement))).toBe(true);
  }
  await expectClean(page);
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
  await expect(open).toBeFocused();
  await page.keyboard.press("Enter");
  await drawer.getByRole("link", { name: "Journal" }).press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Journal" })).toBeVisible();
  await expect(drawer).toHaveCount(0);
});

test("single keys: the list of keys, the fold of the navigation, a chord; none of them while one types", async ({
  page,
}) => {
  await page.goto("/keys");
  await expect(page.getByRole("heading", { level: 1, name: "Keys" })).toBeVisible();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await expect(help).toContainText("Fold the navigation");
  await expectClean(page);
  await page.keyboard.press("Escape");
  await expect(help).toHaveCount(0);

  const navigation = page.getByRole("navigation", { name: "Main" });
  const width = async () => (await navigation.boundingBox())?.width ?? 0;
  const unfolded = await width();
  await page.keyboard.press("[");
  await expect.poll(width).toBeLessThan(unfolded / 2);
  await expectClean(page);
  await page.keyboard.press("[");
  await expect.poll(width).toBe(unfolded);

  await page.keyboard.press("Control+k");
  const typed = page.getByRole("combobox", { name: "Search pages and actions" });
  await expect(typed).toBeFocused();
  await page.keyboard.type("g?[");
  await expect(typed).toHaveValue("g?[");
  await expect(help).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await expect(page.getByRole("heading", { level: 1, name: "Journal" })).toBeFocused();
});

test("what is open is edited by E, and sent by Ctrl+Enter", async ({ page, program }) => {
  const name = `by-key-${Date.now()}`;
  await program.manage("POST", "/features", { name, display_name: name });
  const displayName = async () =>
    (await program.manage<{ display_name: string }>("GET", `/features/${name}`)).display_name;
  await page.goto(`/features?sel=${name}`);
  const panel = page.getByRole("complementary", { name: `Feature ${name}` });
  // What is not read yet can't be edited.
  await expect(panel.getByRole("button", { name: "What to do with the feature" })).toBeVisible();
  await page.keyboard.press("e");
  const form = page.getByRole("dialog", { name: "Edit feature" });
  const shown = form.getByLabel("Name for people");
  await expect(shown).toHaveValue(name);
  await shown.fill("By key");
  await page.keyboard.down("Control");
  await page.keyboard.down("Enter");
  const reviewed = page.getByRole("dialog", { name: `Edit ${name}` });
  await expect(reviewed).toContainText("By key");
  await expect(reviewed.getByRole("button", { name: "Save" })).toBeEnabled();
  await expect.poll(() => reviewed.evaluate((shown) => shown.contains(document.activeElement))).toBe(true);
  // Held down, it does not confirm what it asked for.
  for (let repeat = 0; repeat < 3; repeat += 1) await page.keyboard.down("Enter");
  expect(await displayName()).toBe(name);
  await page.keyboard.up("Enter");
  await page.keyboard.up("Control");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText(`Edited ${name}`)).toBeVisible();
  expect(await displayName()).toBe("By key");
});

test("a row opens by Enter, its panel closes by Escape, and the focus is where it was", async ({ page }) => {
  await page.goto("/keys");
  const row = page.getByRole("row", { name: /batch/ });
  await row.focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("complementary", { name: "Key batch", exact: true });
  await expect(panel).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(row).toBeFocused();
});
