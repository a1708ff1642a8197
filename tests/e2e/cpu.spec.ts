/**
 * What operations cost the browser's main thread, in its own processor time, which does not pass while others run.
 *
 * A slower machine takes longer for everything: costs are told in rounds of a fixed piece of work in the same page.
 */
import type { CDPSession } from "@playwright/test";
import { clickToPaint } from "./bench/in-page.ts";
import { countRequests, quiet } from "./fixture/quiet.ts";
import { openTail } from "./fixture/tail.ts";
import { expect, type Page, test } from "./fixture/test.ts";
import { pages } from "./pages.ts";

test.use({ trace: "off" });

const RUNS = 5;

/** Milliseconds of processor time that the main thread has had. */
async function spent(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
}

/** A fixed piece of what pages do: words as keys, and a list put in order. */
const piece = (page: Page) =>
  page.evaluate(() => {
    const counted = new Map<string, number>();
    for (let at = 0; at < 40_000; at += 1) {
      const word = `word ${(at * 7919) % 10_007}`;
      counted.set(word, (counted.get(word) ?? 0) + at);
    }
    return [...counted].sort(([one], [other]) => (one < other ? -1 : 1)).length;
  });

/** Says of an operation how many rounds of the fixed piece it costs. */
async function scale(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const costOf = async (operation: () => Promise<unknown>) => {
    const before = await spent(session);
    await operation();
    return (await spent(session)) - before;
  };
  const rounds: number[] = [];
  for (let run = 0; run < RUNS; run += 1) rounds.push(await costOf(() => piece(page)));
  return async (operation: () => Promise<unknown>) => (await costOf(operation)) / Math.min(...rounds);
}

test("a view change", async ({ page }) => {
  const MOST_ROUNDS = 12;
  countRequests(page);
  await page.goto("/welcome");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await quiet(page);
  const weigh = await scale(page);
  const listed = pages.map(({ path }) => path).filter((path) => path !== "/welcome");
  const change = (path: string) => clickToPaint(page, `nav[aria-label=Main] a[href^="${path}?"]`, "h1");
  const costs = new Map<string, number>();
  for (const path of listed) {
    await change(path);
    await quiet(page);
  }
  // All is there now: what a view waits for takes frames, and frames take time.
  for (const path of listed) {
    costs.set(path, await weigh(() => change(path)));
    await quiet(page);
  }
  for (const [path, rounds] of costs) expect(rounds, path).toBeLessThan(MOST_ROUNDS);
});

test("a call that is told to the live tail", async ({ page, program }) => {
  const MOST_ROUNDS = 3;
  const CALLS = 100;
  countRequests(page);
  const { items, tell } = await openTail(page, program, 50);
  await quiet(page);
  const weigh = await scale(page);
  const rounds = await weigh(async () => {
    for (let told = 0; told < CALLS; told += 1) {
      const at = new Date().toISOString();
      tell([{ ...items[told % items.length], id: `call_told_${told}`, at, user: `told-${told}` }]);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    }
    await expect(page.getByRole("row").getByTitle(`told-${CALLS - 1}`, { exact: true })).toBeVisible();
  });
  expect(rounds / CALLS).toBeLessThan(MOST_ROUNDS);
});

test("what costs as much as twenty rounds is seen to", async ({ page }) => {
  await page.goto("/keys");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const weigh = await scale(page);
  const rounds = await weigh(async () => {
    for (let round = 0; round < 20; round += 1) await piece(page);
  });
  expect(rounds).toBeGreaterThan(15);
});
