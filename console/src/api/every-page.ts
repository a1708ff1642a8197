/** Lists that are needed whole: the things one has set up, of which there are hundreds. Calls are read by page instead. */
import { queryOptions } from "@tanstack/react-query";
import { api, CATALOG_STALE_TIME, type Schemas } from "./client";

type Page<T> = { items: T[]; next_cursor?: string | null };
type Ask = { limit: number; cursor?: string };

/** The most that the program answers at once. */
const LIMIT = 200;

/** All pages of a list, one after the other. */
export async function everyPage<T>(read: (query: Ask) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: LIMIT, cursor });
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return items;
}

const MODELS = "/api/platform/ai-management/models";

/** Every model that is set up, by name. */
export const modelsQuery = queryOptions({
  queryKey: ["get", MODELS, "every page"],
  staleTime: CATALOG_STALE_TIME,
  queryFn: ({ signal }): Promise<Schemas["Model"][]> =>
    everyPage(async (query) => (await api.GET(MODELS, { params: { query }, signal })).data!),
});

const FEATURES = "/api/platform/ai-management/features";

/** Every feature, by name. */
export const featuresQuery = queryOptions({
  queryKey: ["get", FEATURES, "every page"],
  queryFn: ({ signal }): Promise<Schemas["Feature"][]> =>
    everyPage(async (query) => (await api.GET(FEATURES, { params: { query }, signal })).data!),
});

const ASSIGNMENTS = "/api/platform/ai-management/features/assignments";

/** What was assigned to each feature, in each environment. */
export const allAssignmentsQuery = queryOptions({
  queryKey: ["get", ASSIGNMENTS, "every page"],
  queryFn: ({ signal }): Promise<Schemas["Assignment"][]> =>
    everyPage(async (query) => (await api.GET(ASSIGNMENTS, { params: { query }, signal })).data!),
});

/** What serves each feature in an environment, for those that something serves there. */
export const assignmentsQuery = (environment: Schemas["EffectiveAssignment"]["environment"]) =>
  queryOptions({
    queryKey: ["get", ASSIGNMENTS, environment, "every page"],
    queryFn: ({ signal }): Promise<Schemas["EffectiveAssignment"][]> =>
      everyPage(
        async (page) =>
          (await api.GET(ASSIGNMENTS, { params: { query: { environment, ...page } }, signal }))
            .data!,
      ),
  });

const PROVIDERS = "/api/platform/ai-management/models/providers";

/** Every account with a provider, by name. */
export const providersQuery = queryOptions({
  queryKey: ["get", PROVIDERS, "every page"],
  queryFn: ({ signal }): Promise<Schemas["Provider"][]> =>
    everyPage(async (query) => (await api.GET(PROVIDERS, { params: { query }, signal })).data!),
});

const KEYS = "/api/platform/ai-management/keys";

/** Every key, by name. */
export const keysQuery = queryOptions({
  queryKey: ["get", KEYS, "every page"],
  queryFn: ({ signal }): Promise<Schemas["Key"][]> =>
    everyPage(async (query) => (await api.GET(KEYS, { params: { query }, signal })).data!),
});

const APPLICATIONS = "/api/applications";

/** Every application, by name. */
export const applicationsQuery = queryOptions({
  queryKey: ["get", APPLICATIONS, "every page"],
  staleTime: CATALOG_STALE_TIME,
  queryFn: ({ signal }): Promise<Schemas["Application"][]> =>
    everyPage(async (query) => (await api.GET(APPLICATIONS, { params: { query }, signal })).data!),
});

const BUDGETS = "/api/platform/ai-management/spending/budgets";
/** No event says what is spent and held: it is asked for. */
const STANDING_MS = 10_000;

/** Every budget, by name, and where it stands. */
export const budgetsQuery = queryOptions({
  queryKey: ["get", BUDGETS, "every page"],
  refetchInterval: STANDING_MS,
  queryFn: ({ signal }): Promise<Schemas["Budget"][]> =>
    everyPage(async (query) => (await api.GET(BUDGETS, { params: { query }, signal })).data!),
});
