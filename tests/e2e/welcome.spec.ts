/** From a new installation to the first call, with nothing but what the page says. */
import { expect, expectClean, type Page, shot, test } from "./fixture/test.ts";

// Nobody is signed in, and nothing is set up.
test.use({ storageState: { cookies: [], origins: [] } });

const current = (page: Page) => page.locator("[aria-current=step]");

test("the link of the start leads to the first call, seen live with its cost", async ({
  page,
  fresh,
}) => {
  await page.goto(fresh.signInLink);
  await page.getByRole("link", { name: "Get started" }).first().click();
  await expect(current(page)).toContainText("Choose where answers come from");
  await shot(page, "welcome");
  await current(page).getByRole("button", { name: "Take the sandbox" }).click();
  await current(page).getByRole("textbox", { name: "Feature" }).fill("greeter");
  await expect(current(page).getByRole("combobox", { name: /^Model in/ })).toHaveValue("sandbox/echo");
  await current(page).getByRole("button", { name: "Make feature" }).click();
  await current(page).getByRole("button", { name: "Make key" }).click();
  await expect(current(page)).toContainText("Waiting for the first call of greeter");
  await shot(page, "welcome-waiting");
  await expectClean(page);

  const shown = (await current(page).getByLabel("Call", { exact: true }).textContent()) ?? "";
  expect(shown).toContain(`${fresh.address}/v1/chat/completions`);
  const key = /Bearer (glx_\w+)/.exec(shown)?.[1] ?? "";
  expect((await fresh.call(key, "greeter")).status).toBe(200);
  await expect(current(page)).toContainText("It arrived");
  await expect(current(page)).toContainText("sandbox/echo");
  await expect(current(page)).toContainText(/\$0\.0+[1-9]/);
  await shot(page, "welcome-arrived");
  await expectClean(page);

  await current(page).getByRole("link", { name: "Open the request" }).click();
  await expect(page).toHaveURL(/\/requests\?.*sel=call_/);
  await expect(page.getByRole("complementary", { name: "Request" })).toContainText("greeter");
});

test("it goes on where it was left, and calls from the page itself", async ({ page, fresh }) => {
  await page.goto(fresh.signInLink);
  await fresh.manage("POST", "/features", { name: "halfway", display_name: "Halfway" });
  await page.goto(`${fresh.address}/welcome`);
  await expect(current(page)).toContainText("Make a feature");
  await expect(current(page).getByRole("textbox", { name: "Feature" })).toBeDisabled();
  await current(page).getByRole("button", { name: "Assign model" }).click();
  await expect(current(page)).toContainText("Get a key");
  await page.reload();
  await expect(current(page)).toContainText("Get a key");
  await current(page).getByRole("button", { name: "Make key" }).click();
  await current(page).getByRole("button", { name: "Send it from here" }).click();
  await expect(current(page)).toContainText("It arrived");
  // Where a call was served, nobody needs the guide any more.
  await page.goto(`${fresh.address}/features`);
  await expect(page.getByRole("heading", { level: 1, name: "AI features" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Get started" })).toHaveCount(0);
  await expectClean(page);
});

test("a provider's credentials are tested, and others are given when they fail", async ({
  page,
  fresh,
}) => {
  await page.goto(fresh.signInLink);
  // An account at a provider that is nowhere: what is added in the guide has its maker's address.
  const nowhere = {
    name: "openai",
    kind: "openai",
    base_url: "http://127.0.0.1:9/v1",
    catalog: true,
  };
  await fresh.manage("POST", "/models/providers", {
    ...nowhere,
    credentials: { api_key: "sk-old" },
  });
  await page.goto(`${fresh.address}/welcome?step=models`);
  await current(page).getByRole("button", { name: "Test" }).click();
  await expect(current(page).getByRole("status")).toContainText("can't be reached");
  await current(page).getByLabel("Another API key").fill("sk-new");
  await current(page).getByRole("button", { name: "Replace and test" }).click();
  await expect(page.getByText("Replaced the credentials of openai")).toBeVisible();
  await current(page).getByRole("button", { name: "Add a provider" }).click();
  await expect(current(page).getByLabel("Name")).toHaveAttribute("placeholder", "openai-2");
  await expectClean(page);
});
