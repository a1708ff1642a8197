/** What a page costs, where that does not depend on how busy the machine is. */
import { openTail } from "./fixture/tail.ts";
import { expect, type Page, test } from "./fixture/test.ts";
import { pages } from "./pages.ts";

test.use({ trace: "off" });

/** A machine that is busy makes a task long now and then, but not in each of so many runs. */
const RUNS = 4;
const LONG_MS = 200;
const MOST_LONG = 1;

/** Notes each task of the main thread that is longer than the browser's own bound. */
const watchTasks = (page: Page) =>
  page.addInitScript(() => {
    const seen = Object.assign(window as unknown as Watched, { tasks: [] as number[] });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.tasks.push(duration);
    }).observe({ type: "longtask", buffered: true });
  });
type Watched = { tasks: number[] };

for (const { path, heading } of pages) {
  test(`${path} keeps the main thread free while it loads`, async ({ page }) => {
    await watchTasks(page);
    const counts: number[] = [];
    for (let run = 0; run < RUNS && Math.min(...counts) > MOST_LONG; run += 1) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      await page.waitForLoadState("networkidle");
      await expect(page.locator("main .animate-pulse")).toHaveCount(0);
      const tasks = await page.evaluate(() => (window as unknown as Watched).tasks);
      counts.push(tasks.filter((task) => task > LONG_MS).length);
    }
    expect(Math.min(...counts)).toBeLessThanOrEqual(MOST_LONG);
  });
}

test("a long task is seen", async ({ page }) => {
  await watchTasks(page);
  await page.goto("/keys");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.evaluate((long) => {
    // A task of the page's own: what the browser is told to evaluate is none.
    setTimeout(() => {
      const begun = performance.now();
      while (performance.now() - begun < long);
    });
  }, LONG_MS * 2);
  const longest = () => page.evaluate(() => Math.max(...(window as unknown as Watched).tasks));
  await expect.poll(longest).toBeGreaterThan(LONG_MS);
});

test("a long live tail keeps no more than it shows", async ({ page, program }) => {
  test.setTimeout(180_000);
  const EVENTS = 20_000;
  const TOGETHER = 200;
  const MOST_GROWTH_BYTES = 2_000_000;
  const { items, tell } = await openTail(page, program, TOGETHER);
  const session = await page.context().newCDPSession(page);
  const heap: number[] = [];
  for (let told = 0; told < EVENTS; told += TOGETHER) {
    const ended = Date.now();
    const calls = Array.from({ length: TOGETHER }, (_, nth) => {
      const user = `told-${told + TOGETHER - nth}`;
      const at = new Date(ended - nth).toISOString();
      return { ...items[nth % items.length], id: `call_${told + nth}`, at, user };
    });
    tell(calls);
    const isWeighed = told + TOGETHER === EVENTS / 2 || told + TOGETHER === EVENTS;
    if (!isWeighed) continue;
    await expect(page.getByRole("row").getByTitle(`told-${told + TOGETHER}`, { exact: true })).toBeVisible();
    await session.send("HeapProfiler.collectGarbage");
    heap.push((await session.send("Runtime.getHeapUsage")).usedSize);
  }
  const [middle = 0, end = Number.NaN] = heap;
  expect(end - middle).toBeLessThan(MOST_GROWTH_BYTES);
});
