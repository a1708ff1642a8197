/** How far one has come: seen from what exists, so that the guide goes on where it was left. */
import { useQuery } from "@tanstack/react-query";
import { $api, type Schemas } from "@/api/client";
import { featuresQuery, keysQuery, modelsQuery, providersQuery } from "@/api/every-page";
import { useMe } from "@/api/session";
import type { Environment } from "@/lib/environment";
import { works } from "@/lib/keys";
import { store, useStore } from "@/lib/store";
import { STEPS, type Step } from "./search";

export type Feature = Schemas["Feature"];
export type Key = Schemas["Key"];

/** The key that was made here, with its text, for as long as this page is not loaded anew. */
export const madeKey = store<{ organization: string; key: Schemas["IssuedKey"] } | null>(null);

/** The feature that was made last is the one that the guide is about. */
export const latestOf = (features: Feature[]): Feature | undefined =>
  features.toSorted((one, other) => (one.created_at < other.created_at ? 1 : -1))[0];

/** Whether calls of a feature in an environment can be made with a key. */
export const opens = (key: Key, feature: string, environment: Environment, at?: number) =>
  key.environment === environment &&
  works(key, at) &&
  (key.features.includes("*") || key.features.includes(feature));

/** The first step that is left to do. */
export const nextOf = (done: Record<Step, boolean>): Step =>
  STEPS.find((step) => !done[step]) ?? "call";

export function useJourney(environment: Environment) {
  const providers = useQuery(providersQuery);
  const models = useQuery(modelsQuery);
  const features = useQuery(featuresQuery);
  const keys = useQuery(keysQuery);
  const feature = latestOf(features.data ?? []);
  const assignments = useQuery({
    ...$api.queryOptions("get", "/api/platform/ai-management/features/{feature}/assignments", {
      params: { path: { feature: feature?.name ?? "" } },
    }),
    enabled: feature !== undefined,
  });
  const assignment = assignments.data?.items.find((one) => one.environment === environment);
  const made = useStore(madeKey);
  const organization = useMe().organization.id;
  const usable = (keys.data ?? []).filter(
    (key) => feature && opens(key, feature.name, environment),
  );
  const isMine = made?.organization === organization && feature;
  const issued = isMine && opens(made.key, feature.name, environment) ? made.key : null;
  const own = (providers.data ?? []).filter((provider) => provider.kind !== "sandbox");
  const all = [providers, models, features, keys];
  const isReading = all.some((query) => query.isPending) || (feature && assignments.isPending);
  const failed = [...all, assignments].find((query) => query.error);
  return { own, models: models.data ?? [], feature, assignment, usable, issued, isReading, failed };
}

export type Journey = ReturnType<typeof useJourney>;

/** The latest call of a feature, or with the key that was made here. */
export const firstCallQuery = (feature: string, key?: string) =>
  $api.queryOptions("get", "/api/platform/ai-management/usage/calls", {
    params: { query: { limit: 1, feature, key } },
  });
