import type { Schemas } from "@/api/client";
import type { Health } from "@/ui/health";

/** Until the API's description has them. */
export type CallInFlight = {
  call_id: string;
  feature: string | null;
  model: string;
  provider: string;
  environment: "production" | "staging" | "development";
  key: string;
  age_ms: number;
  held: Schemas["Money"];
  stream: boolean;
};
export type Minute = { at: string; status: Health };

export const callsOf = (live: Schemas["LiveStatus"]) => (live as { calls?: CallInFlight[] }).calls;
export const historyOf = (of: Schemas["HealthCheck"] | Schemas["ProviderHealth"]) =>
  (of as { history?: Minute[] }).history;
