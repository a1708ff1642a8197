import type { Schemas } from "@/api/client";
import { count } from "@/lib/format";
import { now } from "@/lib/now";
import type { Tone } from "@/ui/status";

type Key = Schemas["Key"];

export const STATES = ["active", "expiring", "expired", "revoked"] as const;
export type KeyState = (typeof STATES)[number];

export const isState = (text: unknown): text is KeyState => STATES.includes(text as KeyState);

export const STATE: Record<KeyState, { tone: Tone; label: string }> = {
  active: { tone: "ok", label: "Active" },
  expiring: { tone: "warn", label: "Expires soon" },
  expired: { tone: "mute", label: "Expired" },
  revoked: { tone: "bad", label: "Revoked" },
};

const SOON_MS = 14 * 86_400_000;

/** Whether a key works, and whether it will in two weeks. */
export function stateOf(key: Pick<Key, "revoked_at" | "expires_at">, at: number = now()): KeyState {
  if (key.revoked_at) return "revoked";
  if (!key.expires_at) return "active";
  const left = Date.parse(key.expires_at) - at;
  return left <= 0 ? "expired" : left < SOON_MS ? "expiring" : "active";
}

/** `60,000 calls/min · 5 at once` */
export function limitsText(limits: Schemas["Limits"]): string | undefined {
  const parts = [
    limits.requests_per_minute != null && `${count(limits.requests_per_minute)} calls/min`,
    limits.tokens_per_minute != null && `${count(limits.tokens_per_minute)} tokens/min`,
    limits.concurrency != null && `${count(limits.concurrency)} at once`,
  ].filter(Boolean);
  return parts.join(" · ") || undefined;
}

/** `All`, `None`, `chatbot`, `chatbot and 2 more` */
export function scopeText(names: string[]): string {
  if (names.includes("*")) return "All";
  const [first, ...others] = names;
  if (first === undefined) return "None";
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
