import { useQuery } from "@tanstack/react-query";
import { $api, CATALOG_STALE_TIME, type Schemas } from "@/api/client";
import { useCan } from "@/api/session";
import { words } from "@/lib/format";

/** The rule that charged a class: when it applies, and who says so. */
export function RuleNote({ rule, model }: { rule: string; model: string }) {
  const prices = useQuery({
    ...$api.queryOptions(
      "get",
      "/api/platform/ai-management/models/prices",
      { params: { query: { model, limit: 200 } } },
      { staleTime: CATALOG_STALE_TIME, retry: false },
    ),
    enabled: useCan()("models.read"),
  });
  return (
    <span className="block text-2xs text-ink-3">
      <span className="font-mono" title={rule}>
        rule …{rule.slice(-6)}
      </span>
      {prices.data && ` · ${ruleText(prices.data.items.find((price) => price.id === rule))}`}
    </span>
  );
}

export function ruleText(price: Schemas["ModelPrice"] | undefined): string {
  if (!price) return "replaced since";
  const conditions = Object.entries(price.conditions ?? {}).map(
    ([name, value]) => `${words(name).toLowerCase()} ${value}`,
  );
  const source = price.sources?.length ? price.sources.join(", ") : "stated by hand";
  return [...conditions, source].join(" · ");
}
