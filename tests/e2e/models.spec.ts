/** Providers and models: added, tested, given other credentials, priced. */
import { expect, expectClean, forgive, type Page, shot, test } from "./fixture/test.ts";

const panel = (page: Page, name: string) => page.getByRole("complementary", { name, exact: true });
const dialog = (page: Page) => page.getByRole("dialog");

test("a provider's credential is replaced: the next call goes out with the new one", async ({
  page,
  program,
  upstream,
}) => {
  await program.manage("POST", "/models/providers", {
    name: "initech",
    kind: "openai-compatible",
    base_url: upstream.url,
    credentials: { api_key: "sk-old-credential" },
  });
  const model = { provider: "initech", name: "paper", upstream_name: "initech-paper", type: "llm" };
  await program.manage("POST", "/models", model);

  await page.goto("/models");
  await page.getByRole("row", { name: /initech/ }).click();
  const provider = panel(page, "Provider initech");
  await provider.getByRole("button", { name: "Test", exact: true }).click();
  await expect(provider).toContainText("It answered");
  expect(upstream.keys.get("initech-paper")).toBe("sk-old-credential");

  await provider.getByRole("button", { name: "Replace credential" }).click();
  await dialog(page).getByLabel("API key").fill("sk-new-credential");
  await dialog(page).getByRole("button", { name: "Review change" }).click();
  await expect(dialog(page).getByText("Update provider initech")).toBeVisible();
  await expect(dialog(page)).toContainText("ingerprint");
  await expect(dialog(page)).not.toContainText("sk-new-credential");
  await shot(page, "models-rotate");
  await expect(dialog(page).getByRole("button", { name: "Replace", exact: true })).toBeDisabled();
  await dialog(page).getByLabel("Type initech to go on").fill("initech");
  await dialog(page).getByLabel("Reason").fill("the old one was in a log");
  await dialog(page).getByRole("button", { name: "Replace", exact: true }).click();

  // It is tested by itself, with the new one.
  await expect.poll(() => upstream.keys.get("initech-paper")).toBe("sk-new-credential");
  await expect(provider).toContainText("It answered");
  await shot(page, "models-rotated");
  await expectClean(page);
});

test("a provider that does not answer says why, and offers to mend it", async ({
  page,
  program,
  upstream,
}) => {
  await page.goto("/models?new=true");
  await dialog(page)
    .getByRole("radio", { name: /OpenAI-compatible/ })
    .check();
  await dialog(page).getByLabel("Name").fill("Umbrella Inc");
  await dialog(page).getByRole("button", { name: "Add and test" }).click();
  await expect(dialog(page).getByText("a name has 1 to 64")).toBeVisible();
  await dialog(page).getByLabel("Name").fill("umbrella");
  await dialog(page).getByLabel("Address").fill(upstream.url);
  await shot(page, "models-add-provider");
  await dialog(page).getByRole("button", { name: "Add and test" }).click();
  const provider = panel(page, "Provider umbrella");
  await provider.getByRole("button", { name: "Add a model" }).click();
  await dialog(page).getByLabel("Name").fill("rain");
  await dialog(page).getByLabel("What the provider calls it").fill("umbrella+fail-401");
  await dialog(page).getByRole("button", { name: "Add model" }).click();
  await expect(panel(page, "Model umbrella/rain")).toContainText("It has no price");

  await page.goto("/models?sel=umbrella");
  await provider.getByRole("button", { name: "Test", exact: true }).click();
  await expect(provider).toContainText("refused the gateway's own credentials");
  await expect(provider.getByRole("button", { name: "Replace credential" }).last()).toBeVisible();
  await shot(page, "models-test-failed");
  forgive(page, /422 \(Unprocessable/);
  await expectClean(page);
  expect((await program.ask("GET", "/models/umbrella%2Frain")).status).toBe(200);
});

test("a price is stated for calls from now on, and the one before stays known", async ({
  page,
  program,
}) => {
  await program.manage("POST", "/models", {
    provider: "acme",
    name: "priced",
    type: "llm",
    prices: [{ meter: "input_tokens", rate_per_million: "1.00" }],
  });
  await page.goto("/models?tab=models&q=priced");
  await page.getByRole("row", { name: /priced/ }).click();
  const model = panel(page, "Model acme/priced");
  await expect(model).toContainText("$1.00");
  await model.getByRole("button", { name: "Edit prices" }).click();
  await dialog(page).getByLabel("Dollars").fill("a lot");
  await dialog(page).getByRole("button", { name: "Review change" }).click();
  await expect(dialog(page).getByText("Give dollars, as 0.40.")).toBeVisible();
  await dialog(page).getByLabel("Dollars").fill("1.25");
  await dialog(page).getByRole("button", { name: "Review change" }).click();
  await dialog(page).getByRole("button", { name: "Change", exact: true }).click();
  await expect(model).toContainText("$1.25");
  await expect(model).toContainText("Earlier prices (1)");
  await expectClean(page);
});

test("an alias is moved to another model, and back", async ({ page, program }) => {
  await program.manage("POST", "/aliases", { name: "best", model: "acme/large" });
  await page.goto("/models?tab=aliases&sel=best");
  const alias = panel(page, "Alias best");
  await alias.getByRole("button", { name: "Change model" }).click();
  await dialog(page).getByRole("combobox", { name: "Stands for" }).fill("globex swift");
  await page.getByRole("option", { name: /swift/ }).click();
  await dialog(page).getByRole("button", { name: "Review change" }).click();
  await expect(dialog(page)).toContainText("globex/swift");
  await dialog(page).getByRole("button", { name: "Change", exact: true }).click();
  await expect(alias.getByRole("link", { name: "globex/swift" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  // The notice is a dialog, too.
  const undo = page.getByRole("dialog", { name: /^Undo/ });
  await undo.getByRole("button", { name: "Undo" }).click();
  await expect(alias.getByRole("link", { name: "acme/large" })).toBeVisible();
});

for (const tab of ["models", "aliases", "routing", "catalogue"]) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test(`the tab of ${tab} is clean at ${viewport.width}`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.goto(`/models?tab=${tab}`);
      await expect(
        page.getByRole("heading", { level: 1, name: "Models & providers" }),
      ).toBeVisible();
      await page.waitForLoadState("networkidle");
      await shot(page, `models-${tab}-${viewport.width}`);
      await expectClean(page);
    });
  }
}
