import type { Environment } from "@/lib/environment";

/** What the switch to another model would have meant for the last seven days. */
export function SwitchImpact(_: { feature: string; environment: Environment; model: string }) {
  return null;
}
