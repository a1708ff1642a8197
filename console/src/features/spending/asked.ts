/** What the page's URL asks of the cost explorer. */
import type { Environment } from "@/lib/environment";
import { bucketOf } from "./grid";
import type { Dimension, Filters, SpendingSearch } from "./search";
import { type Range, spanOf } from "./span";

export const DEFAULT_RANGE: Range = "7d";
const DEFAULT_GROUP: readonly Dimension[] = ["feature"];

export function askedOf(search: SpendingSearch, looked: Environment, now: number) {
  const by = search.by ?? DEFAULT_GROUP;
  const range = search.range ?? DEFAULT_RANGE;
  const span = spanOf(range, search, now);
  const bucket = bucketOf(span, search.bucket);
  const filters: Filters = {
    environment: search.all ? undefined : looked,
    feature: search.feature,
    provider: search.provider,
    model: search.model,
    key: search.key,
  };
  const overTime = { span, by: by.slice(0, 1), bucket, filters };
  // Sums over time are sums of all, too, as long as they are not split once more.
  const inAll = by.length > 1 ? { span, by, filters } : overTime;
  return { by, range, span, bucket, filters, overTime, inAll };
}
