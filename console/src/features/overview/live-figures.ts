import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { liveStatusQuery } from "@/api/operations";
import { useCan } from "@/api/session";
import { useLive } from "@/live/use-live";

/** What runs now, as it is told; nothing for who may not know. */
export function useLiveFigures() {
  const isAllowed = useCan()("operations.read");
  const queries = useQueryClient();
  useLive(
    "metrics.updated",
    (events) => {
      const latest = events.at(-1)?.data as Partial<Schemas["LiveStatus"]> | undefined;
      queries.setQueryData(liveStatusQuery.queryKey, (old) => old && { ...old, ...latest });
    },
    isAllowed,
  );
  return useQuery({ ...liveStatusQuery, enabled: isAllowed });
}
