/** An assignment while it is edited: what its form holds, and what is sent. */
import type { Schemas } from "@/api/client";
import type { Assignment } from "./queries";

export type Policy = Schemas["Policy"];
export type NewAssignment = Schemas["NewAssignment"];

/** Lists are of objects, as the form's library wants them. */
export type Draft = {
  models: { model: string; weight: number }[];
  fallbacks: { model: string }[];
  /** JSON; empty is none. */
  overrides: string;
  /** Whether it is routed by a policy of its own. */
  hasPolicy: boolean;
  policy: Policy;
};

/** What a policy says where nobody said anything. */
export const USUAL_POLICY: Policy = {
  balancing: "ordered",
  retries: 1,
  retry_backoff_ms: 200,
  retry_budget_percent: 20,
  cache_ttl_seconds: 0,
  on_unsupported: "refuse",
  max_output_tokens: 4096,
};

export function draftOf(assignment: Assignment | null): Draft {
  const overrides = assignment?.config_overrides ?? {};
  return {
    models: (assignment?.models ?? [{ model: "" }]).map(({ model, weight }) => ({
      model,
      weight: weight ?? 1,
    })),
    fallbacks: (assignment?.fallbacks ?? []).map((model) => ({ model })),
    overrides: Object.keys(overrides).length > 0 ? JSON.stringify(overrides, null, 2) : "",
    hasPolicy: Boolean(assignment?.policy),
    policy: { ...USUAL_POLICY, ...assignment?.policy },
  };
}

/** The body of the request. Lines without a model are not sent. */
export function bodyOf(draft: Draft): NewAssignment {
  return {
    models: draft.models.filter(({ model }) => model),
    fallbacks: draft.fallbacks.map(({ model }) => model).filter(Boolean),
    config_overrides: (overridesOf(draft.overrides) ?? {}) as NewAssignment["config_overrides"],
    policy: draft.hasPolicy ? draft.policy : undefined,
  };
}

/** The fields that overrides set; nothing where the text is no JSON object. */
export function overridesOf(text: string): Record<string, unknown> | undefined {
  if (!text.trim()) return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** How many parts of an assignment two drafts differ in. */
export function changesBetween(before: Draft, after: Draft): number {
  const [one, other] = [bodyOf(before), bodyOf(after)];
  const parts = ["models", "fallbacks", "config_overrides", "policy"] as const;
  return parts.filter((part) => JSON.stringify(one[part]) !== JSON.stringify(other[part])).length;
}

/** The share of calls that a weight stands for: `75%`. */
export function shareOf(weight: number, models: { weight: number }[]): number {
  const whole = models.reduce((sum, one) => sum + (one.weight || 0), 0);
  return whole > 0 ? weight / whole : 0;
}

/** A list with one of its things a place further up or down. */
export const swapTarget = (index: number, step: 1 | -1, length: number) =>
  index + step >= 0 && index + step < length ? index + step : undefined;
