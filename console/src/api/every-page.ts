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
