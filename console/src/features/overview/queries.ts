import { $api, type Schemas } from "@/api/client";
import type { paths } from "@/api/schema";
import type { Environment } from "@/lib/environment";
import type { Span } from "./search";

const BASE = "/api/platform/ai-management";
const SUMS = `${BASE}/spending/analytics` as const;

export type Sum = Schemas["Sum"];
type SumQuery = paths[typeof SUMS]["get"]["parameters"]["query"];

/** Calls are no decisions, so no event tells of them: figures are read again by the clock. */
const FIGURES_MS = 15_000;

/** Sums of the ledger. What was shown stays while the same figures of another time are read. */
export const sumsQuery = (query: SumQuery) =>
  $api.queryOptions(
    "get",
    SUMS,
    { params: { query } },
    {
      refetchInterval: FIGURES_MS,
      placeholderData: (old, before) =>
        hasSameSubject(before?.queryKey[2].params.query, query) ? old : undefined,
    },
  );

const hasSameSubject = (one: SumQuery | undefined, other: SumQuery) =>
  one?.environment === other.environment &&
  one?.group_by === other.group_by &&
  one?.latency === other.latency &&
  one?.bucket === other.bucket;

const inSpan = (span: Span, environment: Environment) => ({
  environment,
  from: span.from,
  to: span.to,
});
/** Percentiles are asked for where they are shown: they cost more than sums. */
const timed = { latency: true } as const;
const inSlots = (span: Span, environment: Environment) => ({
  ...inSpan(span, environment),
  bucket: span.bucket,
  timezone: span.zone,
});

export const totalQuery = (span: Span, environment: Environment) =>
  sumsQuery({ ...inSpan(span, environment), ...timed });
export const totalBeforeQuery = (span: Span, environment: Environment) =>
  sumsQuery({ environment, from: span.before, to: span.from, ...timed });
export const courseQuery = (span: Span, environment: Environment) =>
  sumsQuery({ ...inSlots(span, environment), ...timed });
export const byProviderQuery = (span: Span, environment: Environment) =>
  sumsQuery({ ...inSlots(span, environment), group_by: "provider" });
export const byFeatureQuery = (span: Span, environment: Environment) =>
  sumsQuery({ ...inSpan(span, environment), group_by: "feature", ...timed });
export const byModelQuery = (span: Span, environment: Environment) =>
  sumsQuery({ ...inSpan(span, environment), group_by: "model" });
/** Each feature's last day, by quarters of an hour. `day` is the span of 24 hours. */
export const featureCourseQuery = (day: Span, environment: Environment) =>
  sumsQuery({ ...inSlots(day, environment), group_by: "feature" });
/** Each feature's days that the last 24 hours touch, as the organization counts days. */
export const featureDaysQuery = (day: Span, environment: Environment) =>
  sumsQuery({ ...inSpan(day, environment), bucket: "1d", group_by: "feature" });

/** Months of the organization, of which the last may be the present one. `month` is the span of 30 days. */
export const monthsQuery = (month: Span, groupBy?: "feature") =>
  sumsQuery({ from: month.before, to: month.to, bucket: "1mo", group_by: groupBy });

const WEEKS = 12;
/** Where so many weeks begin. The first one that is answered may have begun before. */
export function weeksFrom(month: Span): string {
  const from = new Date(month.to);
  from.setDate(from.getDate() - 7 * WEEKS);
  return from.toISOString();
}
export const weeksQuery = (month: Span) =>
  sumsQuery({ from: weeksFrom(month), to: month.to, bucket: "1w" });

/** As many entries as an import makes, so that what came before it is seen, too. */
const ENTRIES = 200;
export const journalQuery = $api.queryOptions("get", `${BASE}/journal`, {
  params: { query: { limit: ENTRIES } },
});
export const alertsQuery = $api.queryOptions("get", `${BASE}/spending/alerts`, {
  params: { query: { limit: 20 } },
});
