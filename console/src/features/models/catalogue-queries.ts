import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, CATALOG_STALE_TIME, type Schemas } from "@/api/client";

const FINDINGS = "/api/platform/ai-management/models/findings";
const PAGE = 50;

/** Where the sources of the catalogue disagree, of one provider or of all. */
export const findingsQuery = (provider: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["get", FINDINGS, provider],
    staleTime: CATALOG_STALE_TIME,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam: cursor, signal }): Promise<Schemas["Page_CatalogFinding"]> =>
      (await api.GET(FINDINGS, { params: { query: { provider, limit: PAGE, cursor } }, signal }))
        .data!,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

const IMPORT = "/api/platform/ai-management/models/providers/{provider}/catalog-import";

/** What an import would do. It is asked, and nothing is changed. */
export const catalogueQuery = (provider: string, catalog: string, models: string[]) =>
  queryOptions({
    queryKey: ["plan", IMPORT, provider, catalog, models],
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: async ({ signal }) =>
      (
        await api.POST(IMPORT, {
          params: { path: { provider }, query: { dry_run: true } },
          body: { catalog: catalog || null, models: models.length > 0 ? models : null },
          signal,
        })
      ).data!,
  });
