import type { Sum } from "./queries";

/** Until the API's description has it. */
type Latency = { p50: number; p95: number; p99: number };

export const latencyOf = (sum: Sum | undefined) =>
  (sum as { latency_ms?: Latency | null } | undefined)?.latency_ms ?? null;
