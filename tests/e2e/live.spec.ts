/** What goes wrong is seen, on a phone as well, and something is done about it at once. */
import { expect, expectClean, type Page, shot, test } from "./fixture/test.ts";
import type { Program } from "./fixture/program.ts";
import type { Upstream } from "./fixture/upstream.ts";

/** A feature in production with a provider, model and key of its own, all called after `name`. */
async function prepare(program: Program, upstream: Upstream, name: string): Promise<string> {
  const make = <T>(path: string, body: unknown) => program.manage<T>("POST", path, body);
  await make("/models/providers", { name, kind: "openai-compatible", base_url: upstream.url });
  await make("/models", { provider: name, name: "main", upstream_name: name, type: "llm" });
  await make("/features", { name, display_name: name });
  await program.manage("PUT", `/features/${name}/assignments/production`, { model: `${name}/main` });
  const { key } = await make<{ key: string }>("/keys", {
    name,
    environment: "production",
    features: [name],
    models: ["*"],
  });
  return key;
}

/** Its provider fails from now on, until calls are kept from it. */
async function fail(program: Program, upstream: Upstream, name: string, key: string) {
  upstream.ways.set(name, "fail-500");
  await expect(async () => {
    await program.call(key, name);
    const health = await program.ask("GET", "/api/ai/providers/health");
    const { items } = health.body as { items: { name: string; status: string }[] };
    expect(items.find((provider) => provider.name === name)?.status).toBe("down");
  }).toPass();
}

const statusOf = async (program: Program, feature: string) =>
  (await program.manage<{ status: string }>("GET", `/features/${feature}/status`)).status;

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("who sees a failing provider disables the feature that it hurts", async ({ page, program, upstream }) => {
    const name = "night-desk";
    const key = await prepare(program, upstream, name);
    await fail(program, upstream, name, key);

    await page.goto("/");
    const attention = page.locator("section", { has: page.getByRole("heading", { name: "Needs attention" }) });
    await expect(attention).toContainText(`${name} is down`);
    await expectClean(page);
    await shot(page, "journey-phone-1-attention");
    await page.getByRole("link", { name: new RegExp(`Inspect.*${name} is down`) }).tap();

    await expect(page).toHaveURL(new RegExp(`/live\\?.*sel=${name}`));
    const panel = page.getByRole("complementary", { name: `Provider ${name}` });
    await expect(panel).toContainText("Down");
    await expect(panel).toContainText("Nothing else serves it when this fails");
    await expectClean(page);
    await shot(page, "journey-phone-2-provider");
    await panel.getByRole("button", { name: `Disable ${name}` }).tap();

    const dialog = page.getByRole("dialog", { name: `Disable: ${name}` });
    await expect(dialog).toContainText("Production");
    await expect(dialog).toContainText("inactive");
    await expectClean(page);
    await shot(page, "journey-phone-3-review");
    await dialog.getByLabel("Reason").fill("The provider is down");
    await dialog.getByRole("button", { name: "Disable" }).tap();

    await expect(page.getByText(`${name} is inactive`)).toBeVisible();
    await expect(panel.getByRole("button", { name: `Activate ${name}` })).toBeVisible();
    expect(await statusOf(program, name)).toBe("inactive");
    expect((await program.call(key, name)).status).toBe(503);
    await expectClean(page);
  });
});

test("a feature is switched to another model, and the switch is taken back", async ({ page, program, upstream }) => {
  const name = "day-desk";
  await prepare(program, upstream, name);
  const serving = async () =>
    (await program.manage<{ model: string }>("GET", `/features/${name}/assignments/production`)).model;

  await page.goto(`/live?act=switch&feature=${name}&env=production`);
  await page.getByLabel("New model").fill("acme/small");
  await page.getByRole("option", { name: /acme\/ ?small/ }).click();
  await page.getByRole("button", { name: "Review the switch" }).click();
  const dialog = page.getByRole("dialog", { name: `Switch ${name} to acme/small in Production` });
  await expect(dialog).toContainText("Production.");
  await expectClean(page);
  await dialog.getByRole("button", { name: "Switch" }).click();
  await expect.poll(serving).toBe("acme/small");

  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("dialog", { name: /^Undo/ }).getByRole("button", { name: "Undo" }).click();
  await expect.poll(serving).toBe(`${name}/main`);
});

test("a key that leaked is revoked, once its name was typed", async ({ page, program, upstream }) => {
  const name = "lost-desk";
  const key = await prepare(program, upstream, name);
  expect((await program.call(key, name)).status).toBe(200);

  await page.goto("/live?act=revoke");
  await page.getByLabel("Find a key").fill(name);
  await page.getByRole("button", { name: `Revoke ${name}` }).click();
  const dialog = page.getByRole("dialog", { name: `Revoke key ${name} of Production` });
  const revoke = dialog.getByRole("button", { name: "Revoke" });
  await expect(revoke).toBeDisabled();
  await dialog.getByLabel(`Type ${name} to go on`).fill(name);
  await revoke.click();

  await expect(page.getByText("No open key is called so.")).toBeVisible();
  expect((await program.call(key, name)).status).toBe(401);
  await expectClean(page);
});

/** The figure under a label of the strip. */
const figure = (page: Page, label: string) =>
  page
    .getByRole("region", { name: "What runs now" })
    .locator("dl > div")
    .filter({ has: page.getByText(label, { exact: true }) });

test("calls in flight are seen while they run, and a paused view stays as it was", async ({
  page,
  program,
  upstream,
}) => {
  const name = "slow-desk";
  const key = await prepare(program, upstream, name);
  upstream.ways.set(name, "slow-12000");
  const calls = [program.call(key, name), program.call(key, name)];

  await page.goto("/live");
  const row = page.getByRole("table", { name: "Calls in flight" }).getByRole("row", { name: new RegExp(name) });
  await expect(row).toHaveCount(2);
  await expect(figure(page, "In flight")).toContainText("2");
  await page.getByRole("button", { name: "Pause" }).click();
  const seen = await page.getByRole("table", { name: "Calls in flight" }).innerText();
  calls.push(program.call(key, name));
  await page.waitForResponse(/live-status/);
  expect(await page.getByRole("table", { name: "Calls in flight" }).innerText()).toBe(seen);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(row).toHaveCount(3);
  await expectClean(page);
  await Promise.allSettled(calls);
});
