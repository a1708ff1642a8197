/** The figures that the console promises, in real Chromium. */
import { spawnSync } from "node:child_process";
import { type Browser, chromium, expect, type Page, test } from "@playwright/test";
import { countRequests, quiet } from "../fixture/quiet.ts";
import { median, note, quantile, slope } from "./figures.ts";
import { clickToPaint, feed, framesPerSecond, type Watched, watchSocket } from "./in-page.ts";
import { CALLER, CALLS, endWorld, keepCalling, makeWorld, type World } from "./world.ts";

const RUNS = 5;
const VIEWPORT = { width: 1440, height: 900 };
const GRID = "[role=grid]";
const ROWS = `${GRID} [role=rowgroup] [role=row]`;
const million = `${CALLS.toLocaleString("en")} calls`;

let world: World;
let browser: Browser;

test.describe.configure({ mode: "default" });
test.beforeAll(async () => {
  world = await makeWorld();
});
test.beforeEach(async ({ launchOptions }) => {
  browser = await chromium.launch(launchOptions);
});
test.afterEach(() => browser.close());
test.afterAll(() => endWorld(world));

async function open(path: string, prepare?: (page: Page) => Promise<void>): Promise<Page> {
  const context = await browser.newContext({ viewport: VIEWPORT, storageState: world.session });
  // What does not come by then is not slow but missing.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  countRequests(page);
  await prepare?.(page);
  await page.goto(world.program.address + path);
  await page.locator("h1").waitFor();
  return page;
}

async function settled(page: Page): Promise<void> {
  await quiet(page);
  await expect(page.locator(".animate-pulse")).toHaveCount(0);
}

test("what a browser loads", () => {
  const cwd = new URL("../../../console", import.meta.url);
  const { status, stdout, stderr } = spawnSync("node", ["scripts/size.mjs"], { cwd, encoding: "utf8" });
  // What is too large is a row like the others; any other failure leaves rows out.
  expect(status === 0 || stdout.includes("TOO LARGE"), stderr).toBe(true);
  for (const [, name, size, budget] of stdout.matchAll(/^(\S+)\s+([\d.]+) kB of (\d+)/gm)) {
    note(`${name}: scripts and styles, kB after brotli`, Number(size), { at_most: Number(budget) }, 1);
  }
});

const THROTTLED = { offline: false, latency: 40, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 };

for (const [name, isThrottled, bound] of [
  ["localhost", false, 600],
  ["10 Mbit/s, 40 ms, 4 × CPU", true, 1800],
] as const) {
  test(`first view, ${name}`, async ({ launchOptions }) => {
    const runs: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      await browser.close();
      browser = await chromium.launch(launchOptions);
      const page = await open("/", async (page) => {
        await page.addInitScript(() => {
          const seen = window as unknown as { largest: number };
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) seen.largest = entry.startTime;
          }).observe({ type: "largest-contentful-paint", buffered: true });
        });
        if (!isThrottled) return;
        const session = await page.context().newCDPSession(page);
        await session.send("Network.enable");
        await session.send("Network.emulateNetworkConditions", THROTTLED);
        await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
      });
      await settled(page);
      await page.waitForTimeout(500);
      runs.push(await page.evaluate(() => (window as unknown as { largest: number }).largest));
    }
    note(`largest paint of a cold start, ${name}, ms`, median(runs), { at_most: bound });
  });
}

test("from view to view", async () => {
  const page = await open("/");
  await settled(page);
  const links = page.locator("nav[aria-label=Main] a");
  const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
  const go = (path: string) => clickToPaint(page, `nav[aria-label=Main] a[href="${path}"]`, "h1");
  const times = { cold: [] as [number, string][], warm: [] as [number, string][] };
  for (const round of ["cold", "warm"] as const) {
    for (const path of [...paths.slice(1), paths[0] ?? "/"]) {
      times[round].push([await go(path), path]);
      await settled(page);
    }
  }
  for (const [round, bound] of [
    ["warm", 150],
    ["cold", 400],
  ] as const) {
    const [slowest, path] = times[round].toSorted((one, other) => other[0] - one[0])[0] ?? [Number.NaN, ""];
    note(`view change, ${round}, the slowest of ${paths.length} (${path}), ms`, slowest, { at_most: bound });
    note(`view change, ${round}, median, ms`, median(times[round].map(([time]) => time)), { at_most: bound });
  }
});

test("a filter over all calls", async () => {
  const page = await open("/requests");
  await page.locator(ROWS).first().waitFor();
  const chips = page.getByRole("group", { name: "Filters" }).locator("button[aria-pressed]");
  const words = await chips.allInnerTexts();
  const slowest: [number, string][] = [];
  for (const word of words.filter((word) => /^(ok|error|timeout|cached|retried)$/i.test(word.trim()))) {
    const times: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      // A list that matches nothing has no grid, but words.
      const chip = chips.filter({ hasText: word });
      await chip.evaluate((element) => element.setAttribute("data-measured", ""));
      times.push(await clickToPaint(page, "[data-measured]", "main"));
      await settled(page);
      await chip.click();
      await settled(page);
      await chip.evaluate((element) => element.removeAttribute("data-measured"));
    }
    slowest.push([median(times), word]);
  }
  const [time, word] = slowest.toSorted((one, other) => other[0] - one[0])[0] ?? [Number.NaN, "none"];
  note(`filter (${word}) over ${million}, to paint, ms`, time, { at_most: 150 });
});

test("scrolling", async () => {
  const page = await open("/requests");
  await page.locator(ROWS).first().waitFor();
  await settled(page);
  const frames: number[] = [];
  for (let run = 0; run < RUNS; run += 1) frames.push(await framesPerSecond(page, GRID, 5760));
  note("frames per second, nothing moving", await framesPerSecond(page, "html", 0), undefined, 1);
  note(`frames per second, ${million} at 5,760 px/s`, median(frames), { at_least: 50 }, 1);
});

test("a live event", async () => {
  const page = await open("/requests?live=true", (page) => watchSocket(page, CALLER));
  await page.locator(ROWS).first().waitFor();
  const seen = () => page.evaluate(() => (window as unknown as Watched).latencies);
  let isWanted = true;
  const calling = keepCalling(world, () => isWanted);
  await expect.poll(async () => (await seen()).length, { timeout: 120_000 }).toBeGreaterThanOrEqual(200);
  isWanted = false;
  await calling;
  note("live event to paint, p99, ms", quantile(await seen(), 0.99), { at_most: 150 });
});

test("a long live tail", async () => {
  const EVENTS = 1_000_000;
  const page = await open("/requests?live=true", (page) => watchSocket(page, CALLER));
  await page.locator(ROWS).first().waitFor();
  await settled(page);
  const session = await page.context().newCDPSession(page);
  const heap: [number, number][] = [];
  const STEP = EVENTS / 20;
  for (let told = STEP; told <= EVENTS; told += STEP) {
    await feed(page, STEP);
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    heap.push([told / 1e6, usedSize / 1e6]);
  }
  // What is kept of a tail is full by then.
  note("heap, MB more per million events of a live tail", slope(heap.slice(5)), { at_most: 2 }, 2);
  note("heap after a million events, MB", heap.at(-1)?.[1] ?? Number.NaN, undefined, 1);
});
