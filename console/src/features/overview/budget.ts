import type { Schemas } from "@/api/client";
import { amountOf } from "@/lib/format";

type Budget = Schemas["Budget"];

/** The budget that the whole organization has for a month, and the share of it that is spent. */
export function monthBudget(budgets: Budget[]): { of: Budget; share: number } | undefined {
  const of = budgets.find(
    (budget) => budget.scope.organization === true && budget.period_type === "monthly",
  );
  const amount = amountOf(of?.budget_amount);
  return of && amount > 0 ? { of, share: amountOf(of.spent) / amount } : undefined;
}
