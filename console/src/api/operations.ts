/** How the program does, which nothing tells of: it is asked for as long as somebody looks. */
import { $api } from "./client";

export const liveStatusQuery = $api.queryOptions(
  "get",
  "/api/ai/dashboard/live-status",
  {},
  { refetchInterval: 5_000, staleTime: 1_000 },
);

/** Whether the parts of the program work. */
export const healthQuery = $api.queryOptions(
  "get",
  "/api/health/ai-management",
  {},
  { refetchInterval: 10_000 },
);
