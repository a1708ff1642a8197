import type { Schemas } from "@/api/client";
import { amountOf, percent } from "@/lib/format";

type Budget = Schemas["Budget"];

/** The budget that the whole organization has for a month, and the share of it that is spent. */
export function monthBudget(budgets: Budget[]): { of: Budget; share: number } | undefined {
  const of = budgets.find(
    (budget) => budget.scope.organization === true && budget.period_type === "monthly",
  );
  const amount = amountOf(of?.budget_amount);
  return of && amount > 0 ? { of, share: amountOf(of.spent) / amount } : undefined;
}

/** As many digits as tell something. */
export const shareWords = (share: number) =>
  share > 0 && share < 0.001 ? "<0.1%" : percent(share, share < 0.1 ? 1 : 0);
