import type { Schemas } from "@/api/client";
import { NONE } from "@/lib/format";

/** Which credential a provider is known by. */
export const CredentialAge = ({ of }: { of: Schemas["Provider"] }) =>
  of.credential_fingerprint ? (
    <span className="font-mono text-xs text-ink-2">{of.credential_fingerprint}</span>
  ) : (
    <span className="text-ink-3">{NONE}</span>
  );
