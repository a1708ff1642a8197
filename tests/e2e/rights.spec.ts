/** Who may only look: no page offers a write, and the program refuses each of them when it is asked directly. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, expectClean, forgive, test } from "./fixture/test.ts";
import { pages } from "./pages.ts";

type Me = { permissions: string[] };
type Operation = { "x-glaux-permission"?: string };
type Description = { paths: Record<string, Record<string, Operation>> };

const API: Description = JSON.parse(readFileSync(new URL("../../api/openapi.json", import.meta.url), "utf8"));
const VERBS = ["post", "put", "patch", "delete"];
/** What the buttons begin with that lead to a write. */
const WRITING =
  "add|assign|create|delete|disable|edit|enable|erase|import|issue|make|new|price|remove|replace|revoke|rotate|save|set|" +
  "switch|take|test|undo";
const WRITES = new RegExp(`^(${WRITING})\\b`, "i");

const asViewer = test.extend<{ viewer: string }>({
  viewer: async ({ program }, use, { testId }) => {
    const wanted = { name: `viewer-${testId}`, role: "ai-viewer" };
    const { token } = await program.manage<{ token: string }>("POST", "/api/auth/tokens", wanted);
    await use(token);
  },
  page: async ({ page, viewer }, use) => {
    await page.context().clearCookies();
    await page.setExtraHTTPHeaders({ authorization: `Bearer ${viewer}` });
    // A socket carries no such header: this one is open, and silent.
    await page.routeWebSocket(/\/ws\?/, () => {});
    await use(page);
  },
});

test.beforeAll(async ({ program }) => {
  // Something that waits for who may write: a feature that nothing serves.
  const name = `unassigned-${randomUUID().slice(0, 8)}`;
  await program.manage("POST", "/features", { name, display_name: name });
});

for (const { path, heading } of pages) {
  asViewer(`${path} shows to a viewer what he may see, and offers nothing that writes`, async ({ page }) => {
    const refused: string[] = [];
    page.on("response", (answer) => {
      if (answer.status() === 403) refused.push(new URL(answer.url()).pathname);
    });
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expect(page.locator("main .animate-pulse")).toHaveCount(0);
    if (path === "/") await expect(page.getByText(/without a model in Production/).first()).toBeVisible();
    await expect(page.locator("main").getByRole("button", { name: WRITES })).toHaveCount(0);
    await expect(page.locator("main").getByRole("link", { name: WRITES })).toHaveCount(0);
    const isListed = await page.getByRole("navigation", { name: "Main" }).getByText(heading, { exact: true }).count();
    if (isListed) {
      // The page knows what he may see, and does not ask for more.
      expect(refused).toEqual([]);
    } else if (path !== "/welcome") {
      await expect(page.getByText("You may not see").first()).toBeVisible();
      if (refused.length > 0) forgive(page, /403/);
    }
    await expectClean(page);
  });
}

asViewer("what a row opens offers nothing that writes", async ({ page }) => {
  for (const [path, name] of [
    ["/models", /acme/],
    ["/models?tab=models", /^large/],
    ["/spending", /chatbot cap/],
  ] as const) {
    await page.goto(path);
    await page.getByRole("row").filter({ hasText: name }).first().click();
    const panel = page.getByRole("complementary").last();
    await expect(panel).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expect(page.locator("main").getByRole("button", { name: WRITES })).toHaveCount(0);
  }
});

asViewer("the palette begins nothing that writes", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("option", { name: /^Live status/ })).toBeVisible();
  await expect(page.getByRole("option", { name: WRITES })).toHaveCount(0);
});

asViewer("each write is refused to him who asks the program directly", async ({ program, viewer }) => {
  const ask = (method: string, path: string) =>
    fetch(program.address + path, {
      method,
      headers: { authorization: `Bearer ${viewer}`, "content-type": "application/json" },
      body: "{}",
    });
  const me = await fetch(`${program.address}/api/me`, {
    headers: { authorization: `Bearer ${viewer}` },
  });
  const { permissions } = (await me.json()) as Me;
  const writes = Object.entries(API.paths).flatMap(([path, operations]) =>
    VERBS.map((verb) => ({
      verb,
      path,
      needs: operations[verb]?.["x-glaux-permission"] ?? "public",
    })).filter(({ verb, needs }) => operations[verb] && needs !== "public" && !permissions.includes(needs)),
  );
  expect(writes.length).toBeGreaterThan(30);
  const answers = await Promise.all(
    writes.map(async ({ verb, path }) => {
      const { status } = await ask(verb.toUpperCase(), path.replaceAll(/\{\w+\}/g, "1"));
      return `${verb} ${path}: ${status}`;
    }),
  );
  expect(answers.filter((answer) => !answer.endsWith(": 403"))).toEqual([]);
});
