/** What a budget counts and does, in words. */
import type { Schemas } from "@/api/client";
import { type Names, nameOf } from "./names";
import type { Budget } from "./queries";
import type { Filters } from "./search";

/** `Feature chatbot`, `Key web and user aya`, `Everything` */
export function scopeWords(scope: Schemas["BudgetScope"], names: Names): string {
  const parts = [
    scope.application && `application ${nameOf(names, scope.application)}`,
    scope.feature && `feature ${nameOf(names, scope.feature)}`,
    scope.key && `key ${nameOf(names, scope.key)}`,
    scope.model && `model ${scope.model}`,
    scope.provider && `provider ${scope.provider}`,
    scope.user && `user ${scope.user}`,
    ...Object.entries(scope.tags ?? {}).map(([name, value]) => `tag ${name}=${value}`),
  ].filter((part): part is string => Boolean(part));
  if (parts.length === 0) return "Everything";
  const text =
    parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts.join("");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The filters that count what the budget counts; nothing where sums know no such filter. */
export function filtersOf(scope: Schemas["BudgetScope"]): Filters | undefined {
  const isNarrower = scope.application || scope.user || Object.keys(scope.tags ?? {}).length > 0;
  if (isNarrower) return undefined;
  return {
    feature: scope.feature ?? undefined,
    key: scope.key ?? undefined,
    model: scope.model ?? undefined,
    provider: scope.provider ?? undefined,
  };
}

export const ACTIONS = {
  notify: { word: "Alert only", does: "Calls go on. An alert goes out at each threshold." },
  throttle: { word: "Slow calls", does: "Calls above the limit each wait a second, then go on." },
  block: { word: "Block calls", does: "Calls that could pass the limit are refused." },
} satisfies Record<Schemas["BudgetAction"], { word: string; does: string }>;

export const PERIODS = {
  daily: "Day",
  weekly: "Week",
  monthly: "Month",
  quarterly: "Quarter",
} as const;
export const periodWord = (period: string) => PERIODS[period as keyof typeof PERIODS] ?? period;

/** `a month` */
export const each = (budget: Budget) => `a ${periodWord(budget.period_type).toLowerCase()}`;

/** How full a budget is. */
export function toneOf(budget: Budget): "ok" | "warn" | "bad" {
  const amount = Number(budget.budget_amount.amount);
  const committed = Number(budget.spent.amount) + Number(budget.held.amount);
  if (committed >= amount) return "bad";
  return reached(budget).length > 0 ? "warn" : "ok";
}

/** The thresholds that what was spent has reached. */
export const reached = (budget: Budget) =>
  budget.alert_thresholds.filter(
    (share) => Number(budget.spent.amount) >= Number(share) * Number(budget.budget_amount.amount),
  );
