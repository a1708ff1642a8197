/** What somebody should look at, from what the program says of itself. Each item leads to where it is solved. */
import type { Schemas } from "@/api/client";
import { amountOf, count, day, money, percent, plural, words } from "@/lib/format";
import { groupOf } from "./figures";
import type { Sum } from "./queries";

export type Item = {
  tone: "bad" | "warn" | "info";
  title: string;
  detail: string;
  to: string;
  search?: Record<string, unknown>;
  /** The word on the link. */
  act: string;
  /** What the act takes: without it one may only open. */
  permission?: string;
};

export type Known = {
  providers?: Schemas["ProviderHealth"][];
  checks?: Schemas["HealthCheck"][];
  budgets?: Schemas["Budget"][];
  features?: Schemas["Feature"][];
  /** Names of the features that something serves in the environment. */
  assigned?: string[];
  /** Sums by model of the time that is looked at. */
  models?: Sum[];
  environment: string;
  now: number;
};

const RANK = { bad: 0, warn: 1, info: 2 };

export function attention(known: Known): Item[] {
  const items = [
    ...(known.checks ?? []).flatMap(ofCheck),
    ...(known.providers ?? []).flatMap(ofProvider),
    ...(known.budgets ?? []).flatMap((budget) => ofBudget(budget, known.now)),
    ...(known.models ?? []).flatMap(ofUnpriced),
    ...ofFeatures(known),
  ];
  return items.toSorted((one, other) => RANK[one.tone] - RANK[other.tone]);
}

function ofCheck(check: Schemas["HealthCheck"]): Item[] {
  if (check.status !== "degraded" && check.status !== "down") return [];
  return [
    {
      tone: check.status === "down" ? "bad" : "warn",
      title: `${words(check.name)} is ${check.status}`,
      detail: check.problem ?? "No further words from the check",
      to: "/live",
      act: "Inspect",
    },
  ];
}

function ofProvider(provider: Schemas["ProviderHealth"]): Item[] {
  const cut = provider.models.filter((model) => model.circuit !== "closed");
  const isDown = provider.status === "down";
  if (!isDown && provider.status !== "degraded") return [];
  const { answered_per_minute: answered, failed_per_minute: failed } = provider.rates;
  const facts = [
    answered + failed > 0 && `${count(failed)} of ${count(answered + failed)} failed in a minute`,
    cut.length > 0 && `${nameSome(cut.map((model) => model.name))} cut off`,
  ];
  return [
    {
      tone: isDown ? "bad" : "warn",
      title: isDown ? `${provider.name} is down` : `${provider.name} fails in part`,
      detail: facts.filter(Boolean).join(" · ") || "None of its models is open to calls",
      to: "/live",
      search: { sel: provider.name },
      act: "Inspect",
    },
  ];
}

const AT_THE_LIMIT: Record<Schemas["BudgetAction"], string> = {
  block: "calls are refused",
  throttle: "calls are slowed down",
  notify: "calls go on",
};
/** Before so much of a period is over, a forecast says nothing. */
const EARLY = 0.1;

function ofBudget(budget: Schemas["Budget"], now: number): Item[] {
  const amount = amountOf(budget.budget_amount);
  if (amount <= 0) return [];
  const share = amountOf(budget.spent) / amount;
  const reached = budget.alert_thresholds.map(Number).filter((threshold) => share >= threshold);
  const about = {
    to: "/spending",
    search: { sel: budget.id },
    act: "Review",
    detail: `${money(budget.spent)} of ${money(budget.budget_amount)} until ${day(budget.period_end)}`,
  };
  if (share >= 1) {
    const isStopping = budget.action !== "notify";
    const title = `${budget.name} is used up: ${AT_THE_LIMIT[budget.action]}`;
    return [{ ...about, tone: isStopping ? "bad" : "warn", title }];
  }
  if (reached.length > 0)
    return [{ ...about, tone: "warn", title: `${budget.name} is at ${percent(share, 0)}` }];
  const [start, end] = [Date.parse(budget.period_start), Date.parse(budget.period_end)];
  const elapsed = (now - start) / (end - start);
  if (elapsed < EARLY || share / elapsed < 1) return [];
  const usedUp = start + (now - start) / share;
  const title = `${budget.name} is used up by ${day(usedUp)} at this pace`;
  return [{ ...about, tone: "warn", title, detail: `Forecast · ${about.detail}` }];
}

function ofUnpriced(sum: Sum): Item[] {
  const model = groupOf(sum, "model");
  if (!model || sum.unpriced_attempts === 0) return [];
  const attempts = plural(sum.unpriced_attempts, "attempt");
  return [
    {
      tone: "warn",
      title: `${model} has no price for all it used`,
      detail: `The cost of ${attempts} is more than is known`,
      to: "/models",
      search: { tab: "models", sel: model },
      act: "Price it",
      permission: "models.write",
    },
  ];
}

/** So many of a kind are named one by one. */
const EACH = 2;

function ofFeatures({ features = [], assigned, environment }: Known): Item[] {
  const active = features.filter((feature) => feature.status === "active");
  const names = (status: string) =>
    features.filter((feature) => feature.status === status).map((feature) => feature.name);
  const without = active.filter((feature) => assigned && !assigned.includes(feature.name));
  return [
    ...together(names("maintenance"), "warn", "in maintenance", "Calls are refused for now"),
    ...together(names("inactive"), "info", "inactive", "Calls are refused"),
    ...together(
      without.map((feature) => feature.name),
      "info",
      `without a model in ${words(environment)}`,
      "Calls there are refused",
      { act: "Assign", permission: "features.write" },
    ),
  ];
}

function together(
  names: string[],
  tone: Item["tone"],
  state: string,
  detail: string,
  how: Pick<Item, "act" | "permission"> = { act: "Open" },
): Item[] {
  if (names.length > EACH) {
    const title = `${count(names.length)} features are ${state}`;
    return [{ tone, title, detail: nameSome(names), to: "/features", ...how }];
  }
  return names.map((name) => ({
    tone,
    title: `${name} is ${state}`,
    detail,
    to: "/features",
    search: { sel: name },
    ...how,
  }));
}

const nameSome = (names: string[]) =>
  names.length <= 2
    ? names.join(", ")
    : `${names.slice(0, 2).join(", ")} and ${count(names.length - 2)} more`;
