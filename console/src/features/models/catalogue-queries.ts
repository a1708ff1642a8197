import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";

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
