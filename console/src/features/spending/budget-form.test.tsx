import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queryClient } from "@/api/client";
import { meQuery } from "@/api/session";
import { reviewed } from "@/ui/change";
import { changeOf, fieldsOf } from "./budget-fields";
import { BudgetForm } from "./budget-form";
import type { Budget } from "./queries";

const UNKNOWN = {
  status: 422,
  code: "unprocessable",
  title: "It can't be done",
  errors: [{ pointer: "/scope/feature", detail: "there is no feature `owl`" }],
};

let bodies: unknown[];
let refusal: unknown;

beforeEach(() => {
  [bodies, refusal] = [[], undefined];
  queryClient.setQueryData(meQuery.queryKey, { permissions: [] } as never);
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "GET") return Response.json({ items: [], next_cursor: null });
    bodies.push(await request.json());
    return refusal ? Response.json(refusal, { status: 422 }) : Response.json({ changes: [] });
  });
});
afterEach(() => {
  cleanup();
  reviewed.set(null);
  queryClient.clear();
  vi.unstubAllGlobals();
});

test("only what was written anew is sent of a budget that is there", () => {
  const budget = {
    name: "cap",
    scope: { organization: true },
    period_type: "monthly",
    budget_amount: { amount: "100.000000000", currency: "USD" },
    alert_thresholds: ["0.5", "1"],
    action: "notify",
  } as Budget;
  const fields = fieldsOf(budget);
  expect(changeOf(budget, fields)).toEqual({});
  expect(changeOf(budget, { ...fields, amount: "120" })).toEqual({
    budget_amount: { amount: "120", currency: "USD" },
  });
});

const open = () =>
  render(
    <QueryClientProvider client={queryClient}>
      <BudgetForm onClose={() => {}} onDone={() => {}} />
    </QueryClientProvider>,
  );
const review = () => userEvent.click(screen.getByRole("button", { name: "Review" }));

test("money leaves as the text that was typed, shares as decimals", async () => {
  open();
  await userEvent.type(screen.getByLabelText("Name"), "web cap");
  await userEvent.type(screen.getByLabelText("Limit"), "0.1000000001");
  await review();
  expect(screen.getByText(/at most nine places/)).toBeTruthy();
  await userEvent.type(screen.getByLabelText("Limit"), "{Backspace}");
  await userEvent.clear(screen.getByLabelText("Alerts at"));
  await userEvent.type(screen.getByLabelText("Alerts at"), "12.5, 100");
  await review();
  await waitFor(() => expect(reviewed.get()?.title).toBe("Set budget web cap"));
  expect(bodies).toEqual([
    {
      name: "web cap",
      scope: { organization: true },
      period_type: "monthly",
      budget_amount: { amount: "0.100000000", currency: "USD" },
      alert_thresholds: ["0.125", "1"],
      action: "notify",
    },
  ]);
});

test("what the program refuses stands at its field, and nothing is reviewed", async () => {
  refusal = UNKNOWN;
  open();
  await userEvent.type(screen.getByLabelText("Name"), "cap");
  await userEvent.type(screen.getByLabelText("Limit"), "5");
  await userEvent.selectOptions(screen.getByLabelText("Counts"), "part");
  await userEvent.type(screen.getByLabelText("Feature"), "owl");
  await userEvent.type(screen.getByLabelText("Tags"), "team=web, tier=gold");
  await review();
  const field = await screen.findByText("there is no feature `owl`");
  expect(screen.getByLabelText("Feature").getAttribute("aria-describedby")).toBe(field.id);
  expect(reviewed.get()).toBeNull();
  expect(bodies[0]).toMatchObject({
    scope: { feature: "owl", tags: { team: "web", tier: "gold" } },
  });
});
