import type { Schemas } from "@/api/client";
import type { KeysSearch } from "./search";
import { stateOf } from "./state";

export type KeyRow = {
  key: Schemas["Key"];
  /** The name of its application. */
  application: string;
  /** In thirty days; absent until it is known. */
  calls?: number;
  cost?: Schemas["Money"];
};

/** Keys with what is known of them elsewhere. A key that has no sum was not called. */
export function rowsOf(
  keys: Schemas["Key"][],
  applications: Schemas["Application"][] | undefined,
  sums: Schemas["Sum"][] | undefined,
): KeyRow[] {
  const names = new Map(applications?.map((one) => [one.id, one.display_name]));
  const used = new Map(sums?.map((sum) => [(sum.group as { key?: string }).key, sum]));
  const zero = { amount: "0", currency: sums?.[0]?.cost.currency ?? "USD" };
  return keys.map((key) => ({
    key,
    application: names.get(key.application) ?? key.application,
    calls: sums && (used.get(key.id)?.calls ?? 0),
    cost: sums && (used.get(key.id)?.cost ?? zero),
  }));
}

/** Those that the filters leave. */
export function filtered(rows: KeyRow[], search: KeysSearch, at?: number): KeyRow[] {
  const text = search.q?.toLowerCase();
  return rows.filter(({ key, application }) => {
    if (search.in && key.environment !== search.in) return false;
    if (search.state && stateOf(key, at) !== search.state) return false;
    if (!text) return true;
    const parts = [key.name, key.id, key.shown, application, ...key.features, ...key.models];
    return parts.some((part) => part.toLowerCase().includes(text));
  });
}
