/** What a person writes about a budget, and what the program is told. */
import type { Schemas } from "@/api/client";
import { changedOf } from "@/lib/changed";
import { amountFault, percentOf, sharesOf } from "./amount";
import type { Budget } from "./queries";

export const CONDITIONS = ["application", "feature", "key", "model", "provider", "user"] as const;
export type Condition = (typeof CONDITIONS)[number];

export type BudgetFields = {
  name: string;
  counts: "everything" | "part";
  period: string;
  amount: string;
  /** In percent: `50, 80, 100`. */
  thresholds: string;
  action: Schemas["BudgetAction"];
  /** `team=web, tier=gold` */
  tags: string;
} & Record<Condition, string>;

const BLANK: BudgetFields = {
  name: "",
  counts: "everything",
  application: "",
  feature: "",
  key: "",
  model: "",
  provider: "",
  user: "",
  tags: "",
  period: "monthly",
  amount: "",
  thresholds: "50, 80, 100",
  action: "notify",
};

export const fieldsOf = (budget: Budget | undefined): BudgetFields =>
  budget
    ? {
        ...BLANK,
        name: budget.name,
        counts: budget.scope.organization ? "everything" : "part",
        period: budget.period_type,
        amount: budget.budget_amount.amount.replace(/0{1,7}$/, ""),
        thresholds: budget.alert_thresholds.map(percentOf).join(", "),
        action: budget.action,
      }
    : BLANK;

/** What changes of a budget that is there. */
export const changeOf = (before: Budget, fields: BudgetFields): Schemas["BudgetChange"] =>
  changedOf(limitOf(fieldsOf(before)), limitOf(fields));

const limitOf = (fields: BudgetFields) => ({
  budget_amount: { amount: fields.amount.trim(), currency: "USD" },
  alert_thresholds: sharesOf(fields.thresholds) ?? [],
  action: fields.action,
});

export const newBudgetOf = (fields: BudgetFields): Schemas["NewBudget"] => ({
  name: fields.name.trim(),
  scope: scopeOf(fields),
  period_type: fields.period,
  ...limitOf(fields),
});

function scopeOf(fields: BudgetFields): Schemas["NewBudgetScope"] {
  if (fields.counts === "everything") return { organization: true };
  const named = CONDITIONS.map((condition) => [condition, fields[condition].trim()] as const);
  const tags = tagsOf(fields.tags) ?? {};
  return {
    ...Object.fromEntries(named.filter(([, value]) => value)),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
}

/** `team=web, tier=gold` as names and values; nothing where it is not understood. */
export function tagsOf(text: string): Record<string, string> | undefined {
  const parts = text.split(",").flatMap((part) => part.trim() || []);
  const pairs = parts.map((part) => part.match(/^([^=]+)=(.+)$/)?.slice(1, 3));
  return pairs.every((pair) => pair !== undefined)
    ? Object.fromEntries(pairs.map((pair) => pair.map((text) => text.trim())))
    : undefined;
}

/** What is wrong with fields before the program is asked. */
export function faultsOf(fields: BudgetFields, isNew: boolean): Partial<BudgetFields> {
  return {
    name: isNew && !fields.name.trim() ? "Give it a name." : undefined,
    tags: tagsOf(fields.tags) ? undefined : "Write name=value, with commas between.",
    amount: amountFault(fields.amount),
    thresholds: sharesOf(fields.thresholds)
      ? undefined
      : "Write percentages such as 50, 80, 100: above 0, at most 1000, with at most one place.",
  };
}

/** Where the program says what it refused. */
export const POINTERS: Record<keyof BudgetFields, string> = {
  name: "/name",
  counts: "/scope",
  ...(Object.fromEntries(CONDITIONS.map((one) => [one, `/scope/${one}`])) as Record<
    Condition,
    string
  >),
  tags: "/scope/tags",
  period: "/period_type",
  amount: "/budget_amount",
  thresholds: "/alert_thresholds",
  action: "/action",
};
