import type { FetchQueryOptions, QueryKey } from "@tanstack/react-query";
import { $api, queryClient, type Schemas } from "@/api/client";
import { ApiError } from "@/api/problem";
import type { Environment } from "@/lib/environment";
import { now } from "@/lib/now";

export type Feature = Schemas["Feature"];
export type Assignment = Schemas["Assignment"];
export type Sum = Schemas["Sum"];

const HOUR = 3_600_000;

/** The last seven days up to the end of this hour: the same query all hour long. */
export function lastWeek(at: number = now()) {
  const to = Math.ceil(at / HOUR) * HOUR;
  const iso = (at: number) => new Date(at).toISOString();
  return { from: iso(to - 7 * 24 * HOUR), to: iso(to) };
}

/** The models of a feature in every environment. */
export const assignmentsQuery = (feature: string) =>
  $api.queryOptions("get", "/api/platform/ai-management/features/{feature}/assignments", {
    params: { path: { feature } },
  });

/** The models of a feature in one environment, with the tag that a change of them names. */
export const assignmentQuery = (feature: string, environment: Environment) =>
  $api.queryOptions(
    "get",
    "/api/platform/ai-management/features/{feature}/assignments/{environment}",
    { params: { path: { feature, environment } } },
  );

export const featureQuery = (feature: string) =>
  $api.queryOptions("get", "/api/platform/ai-management/features/{feature}", {
    params: { path: { feature } },
  });

export const payloadsQuery = (feature: string, environment: Environment) =>
  $api.queryOptions(
    "get",
    "/api/platform/ai-management/features/{feature}/payloads/{environment}",
    { params: { path: { feature, environment } } },
  );

const analytics = (query: {
  group_by?: string;
  bucket?: string;
  feature?: string;
  environment: Environment;
  latency?: boolean;
}) =>
  $api.queryOptions("get", "/api/platform/ai-management/spending/analytics", {
    params: { query: { ...lastWeek(), ...query } },
  });

/** Calls and cost of every feature in the last seven days. */
export const weekByFeatureQuery = (environment: Environment) =>
  analytics({ group_by: "feature", environment });

/** Calls, cost and durations of one feature in the last seven days. */
export const weekQuery = (feature: string, environment: Environment) =>
  analytics({ feature, environment, latency: true });

/** The same for each of the days. */
export const daysQuery = (feature: string, environment: Environment) =>
  analytics({ feature, environment, bucket: "1d" });

/** Whether calls reach the models that were called of late. */
export const healthQuery = $api.queryOptions("get", "/api/ai/providers/health", {});

/** A thing read anew, so that what is sent whole has what others changed; what is held of it where that fails. */
export const asNow = <T, E, K extends QueryKey>(
  query: FetchQueryOptions<T, E, T, K>,
  held: T,
): Promise<T> => queryClient.fetchQuery({ ...query, staleTime: 0 }).catch(() => held);

/** There is no such thing, which is an answer. */
export const isMissing = (error: unknown) => error instanceof ApiError && error.status === 404;

export const assignmentPath = (feature: string, environment: Environment) =>
  `/api/platform/ai-management/features/${encodeURIComponent(feature)}/assignments/${environment}`;
export const featurePath = (feature: string) =>
  `/api/platform/ai-management/features/${encodeURIComponent(feature)}`;
