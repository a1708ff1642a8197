import { useQuery } from "@tanstack/react-query";
import { $api } from "@/api/client";
import { useCan } from "@/api/session";

/** Whether no call was served in the last year, the most that is looked back: then the guide is of use. */
export function useIsBeginning(): boolean {
  const can = useCan();
  const latest = useQuery({ ...anyCallQuery, enabled: can("usage.read") });
  return latest.data?.items.length === 0;
}

/** The latest call of all, where there is one. */
export const anyCallQuery = $api.queryOptions(
  "get",
  "/api/platform/ai-management/usage",
  { params: { query: { limit: 1 } } },
  { staleTime: 60_000 },
);
