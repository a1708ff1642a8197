import type { Schemas } from "@/api/client";

type Sum = Schemas["Sum"];

/** A provider with what is known of it elsewhere; what is not known yet is absent. */
export type ProviderRow = {
  provider: Schemas["Provider"];
  health?: Schemas["ProviderHealth"];
  month?: Sum;
  day?: Sum;
  /** How many models it has. */
  models?: number;
  currency: string;
};

export function providerRows(
  providers: Schemas["Provider"][],
  known: {
    health?: Schemas["ProviderHealth"][];
    month?: Sum[];
    day?: Sum[];
    models?: Schemas["Model"][];
  },
): ProviderRow[] {
  const byProvider = (sums: Sum[] | undefined) =>
    new Map(sums?.map((sum) => [(sum.group as { provider?: string }).provider, sum]));
  const [months, days] = [byProvider(known.month), byProvider(known.day)];
  const health = new Map(known.health?.map((one) => [one.id, one]));
  const models = new Map<string, number>();
  for (const { name } of known.models ?? []) {
    const provider = providerOf(name);
    models.set(provider, (models.get(provider) ?? 0) + 1);
  }
  return providers.map((provider) => ({
    provider,
    health: health.get(provider.id),
    month: months.get(provider.id),
    day: days.get(provider.id),
    models: known.models && (models.get(provider.name) ?? 0),
    currency: known.month?.[0]?.cost.currency ?? "USD",
  }));
}

export const providerOf = (model: string) => model.slice(0, model.indexOf("/"));
export const modelOf = (model: string) => model.slice(model.indexOf("/") + 1);

/** The share of calls that came back without an answer. Blocked calls never went out. */
export function errorShare(sum: Sum | undefined): number | undefined {
  if (!sum) return undefined;
  const by = sum.calls_by_status as Record<string, number | undefined>;
  const tried = sum.calls - (by.blocked ?? 0);
  return tried > 0 ? ((by.error ?? 0) + (by.timeout ?? 0)) / tried : undefined;
}

/** How many wait for a place at a provider, and how many are under way. */
export function queueText(health: Schemas["ProviderHealth"] | undefined): string | undefined {
  if (!health) return undefined;
  const running =
    health.queue?.in_flight ??
    health.models.reduce((all, model) => all + model.in_flight.attempts, 0);
  return health.queue
    ? `${running} in flight, ${health.queue.waiting} waiting`
    : `${running} in flight`;
}
