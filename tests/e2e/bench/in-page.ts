/** What is measured within the page itself, where no round trip to the browser is part of it. */
import type { Page } from "@playwright/test";

/** Milliseconds from a click until `changing` says something else than before, and nothing is a placeholder, in paint. */
export function clickToPaint(page: Page, clicked: string, changing: string): Promise<number> {
  return page.evaluate(
    async ([clicked, changing]) => {
      const element = document.querySelector<HTMLElement>(clicked);
      if (!element) throw new Error(`there is no ${clicked}`);
      const text = () => document.querySelector(changing)?.textContent;
      const before = text();
      const isThere = () => text() && text() !== before && !document.querySelector(".animate-pulse");
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const started = performance.now();
      element.click();
      while (!isThere()) {
        if (performance.now() - started > 10_000) throw new Error(`${changing} did not change: ${before}`);
        await frame();
      }
      await frame();
      await new Promise((resolve) => setTimeout(resolve));
      return performance.now() - started;
    },
    [clicked, changing] as const,
  );
}

/** Frames per second while an element scrolls down at so many pixels per second, and while nothing moves. */
export function framesPerSecond(page: Page, selector: string, speed: number): Promise<number> {
  return page.evaluate(
    ([selector, speed]) =>
      new Promise<number>((resolve) => {
        const element = document.querySelector(selector) as HTMLElement;
        const LASTS_MS = 4000;
        const [begun, top] = [performance.now(), element.scrollTop];
        let frames = 0;
        const draw = () => {
          const elapsed = performance.now() - begun;
          if (elapsed >= LASTS_MS) return resolve((frames * 1000) / elapsed);
          frames += 1;
          element.scrollTop = top + (speed * elapsed) / 1000;
          requestAnimationFrame(draw);
        };
        requestAnimationFrame(draw);
      }),
    [selector, speed] as const,
  );
}

/**
 * Keeps the newest WebSocket within reach, and notes how long each event took from the program until its youngest call
 * stood in a row, in paint. A call is known by its user, who begins with `caller`.
 */
export async function watchSocket(page: Page, caller: string): Promise<void> {
  await page.addInitScript((caller) => {
    const seen = Object.assign(window as unknown as Watched, { latencies: [] as number[] });
    const Native = window.WebSocket;
    window.WebSocket = class extends Native {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        seen.socket = this;
        this.addEventListener("message", (message) => {
          const { type, at, data } = JSON.parse(message.data as string) as Told;
          if (type !== "usage.appended") return;
          const [youngest] = data.items.toSorted((one, other) => (one.at < other.at ? 1 : -1));
          if (!youngest?.user?.startsWith(caller)) return;
          const row = `[role=row] [title="${youngest.user}"]`;
          const sent = Date.parse(at);
          const look = () => {
            const elapsed = () => Date.now() - sent;
            if (!document.querySelector(row) && elapsed() < 10_000) return requestAnimationFrame(look);
            // The frame that holds it is painted before the next task.
            setTimeout(() => seen.latencies.push(elapsed()));
          };
          requestAnimationFrame(look);
        });
      }
    };
  }, caller);
}

type Told = { type: string; at: string; data: { items: { at: string; user: string | null }[] } };

export type Watched = { socket: WebSocket; latencies: number[] };

/** Gives the page `calls` calls of the live tail, 200 to an event and as fast as it draws them. */
export function feed(page: Page, calls: number): Promise<void> {
  return page.evaluate(async (calls) => {
    const { socket } = window as unknown as Watched;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const some = await fetch("/api/platform/ai-management/usage/calls?limit=200");
    const { items } = (await some.json()) as { items: { id: string; at: string }[] };
    for (let told = 0; told < calls; told += items.length) {
      const at = new Date().toISOString();
      const appended = items.map((item, index) => ({ ...item, id: `${item.id}-${told + index}`, at }));
      const data = JSON.stringify({ type: "usage.appended", at, data: { items: appended, omitted: 0 } });
      socket.dispatchEvent(new MessageEvent("message", { data }));
      if (told % (items.length * 4) === 0) await frame();
    }
    await frame();
  }, calls);
}
