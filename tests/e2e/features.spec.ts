/** AI features: which model serves where, switched with its effect in sight, and taken back. */
import { expect, expectClean, forgive, type Page, shot, test } from "./fixture/test.ts";

const panel = (page: Page, name: string) =>
  page.getByRole("complementary", { name: `Feature ${name}`, exact: true });
/** The window of a change; notices are dialogs too. */
const review = (page: Page, title: RegExp) => page.getByRole("dialog", { name: title });

/** Types a part of the name, as one does among hundreds. */
async function choose(page: Page, label: string, model: string) {
  const field = page.getByRole("combobox", { name: label });
  await field.fill(model.replace("/", " "));
  await page.getByRole("option", { name: new RegExp(`^${model},`) }).click();
  await expect(field).toHaveValue(model);
}

/** A feature of this spec alone, that one model answers in Production. */
async function prepare(
  program: { manage: (method: string, path: string, body?: unknown) => Promise<unknown> },
  name: string,
) {
  await program.manage("POST", "/features", { name, display_name: name });
  const body = { model: "acme/large", fallbacks: ["globex/swift"] };
  await program.manage("PUT", `/features/${name}/assignments/production`, body);
}

test("a model is switched and the switch is undone, and calls follow both times", async ({
  page,
  program,
  seeded,
}) => {
  await prepare(program, "switched");
  const answeredBy = async () =>
    (await program.call(seeded.keys.batch, "switched")).headers.get("x-glaux-model");
  expect(await answeredBy()).toBe("acme/large");

  await page.goto("/features?env=production");
  await page
    .getByRole("row", { name: /switched/ })
    .getByRole("gridcell")
    .first()
    .click();
  await choose(page, "Model 1", "acme/small");
  await expect(panel(page, "switched")).toContainText("1 change");
  await panel(page, "switched").getByRole("button", { name: "Review change" }).click();
  const change = review(page, /^Switch switched to acme\/small/);
  await expect(change).toContainText("Production.");
  await expect(change).toContainText("acme/large");
  await shot(page, "features-switch");
  await change.getByLabel("Reason").fill("Cheaper");
  await change.getByRole("button", { name: "Switch" }).click();
  await expect.poll(answeredBy).toBe("acme/small");
  await expect(page.getByRole("row", { name: /switched/ })).toContainText("acme/small");

  await page
    .getByRole("region", { name: "Notifications" })
    .getByRole("button", { name: "Undo" })
    .click();
  await review(page, /^Undo/).getByRole("button", { name: "Undo" }).click();
  await expect.poll(answeredBy).toBe("acme/large");
  await expect(page.getByRole("combobox", { name: "Model 1" })).toHaveValue("acme/large");

  await panel(page, "switched").getByRole("button", { name: "History" }).click();
  await expect(panel(page, "switched").getByRole("listitem").nth(1)).toContainText(
    "taken back since: Cheaper",
  );
  await shot(page, "features-history");
  await expectClean(page);
});

test("someone else changed the models meanwhile: the change is looked at against the new state", async ({
  page,
  program,
}) => {
  await prepare(program, "contested");
  await page.goto("/features?env=production&sel=contested");
  await choose(page, "Model 1", "acme/small");
  // He takes the fallback away and changes what is set in each request.
  const others = { model: "acme/large", config_overrides: { temperature: 0 } };
  await program.manage("PUT", "/features/contested/assignments/production", others);
  await panel(page, "contested").getByRole("button", { name: "Review change" }).click();
  const change = review(page, /contested/);
  await expect(change).toContainText("Someone else changed this");
  await change.getByRole("button", { name: "Review against the new state" }).click();
  await expect(change).toContainText("acme/small");
  await change.getByRole("button", { name: "Switch" }).click();
  await expect(page.getByRole("row", { name: /contested/ })).toContainText("acme/small");
  const saved = await program.manage<{ models: { model: string }[] }>(
    "GET",
    "/features/contested/assignments/production",
  );
  expect(saved).toMatchObject({ fallbacks: [], config_overrides: { temperature: 0 } });
  expect(saved.models.map(({ model }) => model)).toEqual(["acme/small"]);
  forgive(page, /412 \(Precondition Failed\)/);
  await expectClean(page);
});

test("someone else changed the feature while its text is edited: nothing is lost", async ({
  page,
  program,
}) => {
  const feature = { name: "described", display_name: "Described", description: "Before" };
  await program.manage("POST", "/features", feature);
  await page.goto("/features?sel=described&edit=true");
  const dialog = page.getByRole("dialog", { name: "Edit feature" });
  await dialog.getByLabel("Name for people").fill("Well described");
  await program.manage("PATCH", "/features/described", { description: "By someone else" });
  await expect(page.locator("aside[aria-label='Feature described']")).toContainText(
    "By someone else",
  );
  await dialog.getByRole("button", { name: "Review" }).click();
  const change = review(page, /^Edit described/);
  await expect(change).toContainText("Someone else changed this");
  await change.getByRole("button", { name: "Review against the new state" }).click();
  await expect(change).toContainText("Well described");
  await expect(change).not.toContainText("By someone else");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: /Well described/ })).toBeVisible();
  const saved = await program.manage("GET", "/features/described");
  expect(saved).toMatchObject({ display_name: "Well described", description: "By someone else" });
  forgive(page, /412 \(Precondition Failed\)/);
  await expectClean(page);
});

test("a form with changes asks before another environment or row takes its place", async ({
  page,
  program,
}) => {
  await prepare(program, "half-done");
  await page.goto("/features?env=production&sel=half-done");
  await choose(page, "Model 1", "acme/small");
  const leave = page.getByRole("dialog", { name: /^Leave without/ });
  await panel(page, "half-done").getByRole("button", { name: "Staging" }).click();
  await expect(leave).toContainText("1 change");
  await leave.getByRole("button", { name: "Keep editing" }).click();
  await expect(page.getByRole("combobox", { name: "Model 1" })).toHaveValue("acme/small");
  await expect(page).toHaveURL(/env=production/);
  await panel(page, "half-done").getByRole("button", { name: "Close" }).click();
  await leave.getByRole("button", { name: "Discard" }).click();
  await expect(panel(page, "half-done")).toHaveCount(0);
  await expectClean(page);
});

test("a feature is made, given several models and limits, put in maintenance, and removed", async ({
  page,
  program,
  seeded,
}) => {
  await page.goto("/features?new=true&env=production");
  const dialog = page.getByRole("dialog", { name: "Create feature" });
  await dialog.getByLabel("Name for people").fill("Owl whisperer");
  await expect(dialog.getByLabel("Name for programs")).toHaveValue("owl-whisperer");
  await dialog.getByLabel("Name for programs").fill("chatbot");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByRole("alert")).toContainText("chatbot");
  await dialog.getByLabel("Name for programs").fill("owl-whisperer");
  await dialog.getByRole("button", { name: "Create" }).click();
  forgive(page, /409 \(Conflict\)|422 \(Unprocessable/);

  const own = panel(page, "owl-whisperer");
  await expect(own).toContainText("No model serves it in Production");
  await choose(page, "Model 1", "acme/small");
  await own.getByRole("button", { name: "Add a model beside it" }).click();
  await choose(page, "Model 2", "acme/large");
  await own.getByLabel("Weight of model 1").fill("3");
  await expect(own).toContainText("75%");
  await own.getByLabel("Set in every request").fill("[1]");
  await own.getByRole("button", { name: "Review", exact: true }).click();
  await expect(own.getByLabel("Set in every request")).toHaveAttribute("aria-invalid", "true");
  await own.getByLabel("Set in every request").fill('{ "temperature": 0.2 }');
  await own.getByRole("button", { name: "Review", exact: true }).click();
  await review(page, /owl-whisperer/)
    .getByRole("button", { name: "Assign" })
    .click();
  await expect(page.getByRole("row", { name: /Owl whisperer/ })).toContainText("2 models");
  await shot(page, "features-several");

  await own.getByRole("button", { name: "Limits" }).click();
  const all = own.getByRole("group", { name: "All calls together" });
  await all.getByLabel("Calls", { exact: true }).fill("600");
  await own.getByRole("button", { name: "Review change" }).click();
  await review(page, /limits/)
    .getByRole("button", { name: "Change" })
    .click();
  await expect(own.getByRole("button", { name: "Review change" })).toHaveCount(0);

  await own.getByRole("button", { name: "What to do with the feature" }).click();
  await page.getByRole("menuitem", { name: "Put in maintenance" }).click();
  await review(page, /maintenance/)
    .getByRole("button", { name: "Put in maintenance" })
    .click();
  await expect(own).toContainText("Maintenance");
  const refused = async () => (await program.call(seeded.keys.batch, "owl-whisperer")).status;
  await expect.poll(refused).toBeGreaterThanOrEqual(400);
  await expectClean(page);

  await own.getByRole("button", { name: "What to do with the feature" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  const removal = review(page, /^Remove/);
  await removal.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("row", { name: /Owl whisperer/ })).toHaveCount(0);
  await expect(own).toHaveCount(0);
  // What was removed comes back: no name has to be typed.
  const notices = page.getByRole("region", { name: "Notifications" });
  const removed = notices.getByRole("dialog", { name: /^Removed/ });
  await removed.getByRole("button", { name: "Undo" }).click();
  await review(page, /^Undo/).getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("row", { name: /Owl whisperer/ })).toHaveCount(1);
});

test("names of any length and direction stay within their places, on a phone too", async ({
  page,
  program,
}) => {
  const long = `מענה ללקוחות ${"very long indeed ".repeat(5)}`.slice(0, 90).trim();
  await program.manage("POST", "/features", { name: `long-${"x".repeat(50)}`, display_name: long });
  await page.goto("/features");
  await expect(page.getByText(long)).toBeVisible();
  await expectClean(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("row").filter({ hasText: long }).click();
  await expect(panel(page, `long-${"x".repeat(50)}`)).toBeVisible();
  await shot(page, "features-long-name-phone");
  await expectClean(page);
});
