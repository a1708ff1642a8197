/** Which features depend on a provider. */
import type { Schemas } from "@/api/client";

export type Use = {
  feature: Schemas["Feature"];
  /** Whether calls go there first, or when others fail. */
  role: "first" | "fallback";
  /** Models of other providers that serve it, too. */
  others: string[];
};

/** Those that are hit first, then those that only fall back on it. */
export function usesOf(
  provider: string,
  assignments: Pick<Schemas["EffectiveAssignment"], "feature" | "models" | "fallbacks">[],
  features: Schemas["Feature"][],
): Use[] {
  const isOf = (model: string) => model.startsWith(`${provider}/`);
  const uses = assignments.flatMap((assignment): Use[] => {
    const feature = features.find((one) => one.name === assignment.feature);
    const firsts = assignment.models.map((candidate) => candidate.model);
    const all = [...firsts, ...assignment.fallbacks];
    if (!feature || !all.some(isOf)) return [];
    const role = firsts.some(isOf) ? "first" : "fallback";
    return [{ feature, role, others: all.filter((model) => !isOf(model)) }];
  });
  return uses.toSorted(
    (one, other) =>
      Number(one.role === "fallback") - Number(other.role === "fallback") ||
      one.feature.name.localeCompare(other.feature.name),
  );
}
