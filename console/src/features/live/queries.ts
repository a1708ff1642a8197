import { $api } from "@/api/client";
import type { Environment } from "@/lib/environment";

const BASE = "/api/platform/ai-management";

/** One assignment, and with it the tag that a change of it names. */
export const assignmentQuery = (feature: string, environment: Environment) =>
  $api.queryOptions("get", `${BASE}/features/{feature}/assignments/{environment}`, {
    params: { path: { feature, environment } },
  });
export const assignmentUrl = (feature: string, environment: Environment) =>
  `${BASE}/features/${encodeURIComponent(feature)}/assignments/${environment}`;
