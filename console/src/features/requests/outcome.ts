/** How a call ended, in a word and a shape. */
import { words } from "@/lib/format";
import type { Tone } from "@/ui/status";
import type { Status } from "./search";

const OUTCOMES: Record<Status, { word: string; tone: Tone }> = {
  success: { word: "OK", tone: "ok" },
  error: { word: "Error", tone: "bad" },
  timeout: { word: "Timeout", tone: "bad" },
  cancelled: { word: "Cancelled", tone: "mute" },
  blocked: { word: "Blocked", tone: "mute" },
  unknown: { word: "Unknown", tone: "warn" },
};

export type Outcome = { word: string; tone: Tone };

/** A success that was not the plain case says which one it was. */
export function outcome(call: { status: string; cached?: boolean; attempts?: number }): Outcome {
  if (call.status === "success" && call.cached) return { word: "Cached", tone: "info" };
  if (call.status === "success" && (call.attempts ?? 1) > 1)
    return { word: "Retried", tone: "warn" };
  return OUTCOMES[call.status as Status] ?? { word: words(call.status), tone: "mute" };
}

/** Why it did not go well: `Upstream error, answered 503`. */
export function reason(attempt: {
  status: string;
  error_code?: string | null;
  upstream_status?: number | null;
}): string | undefined {
  if (attempt.status === "success") return undefined;
  const code = attempt.error_code ? words(attempt.error_code) : outcome(attempt).word;
  return attempt.upstream_status ? `${code}, answered ${attempt.upstream_status}` : code;
}
