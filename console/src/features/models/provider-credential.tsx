import type { Schemas } from "@/api/client";
import { ago, moment, NONE } from "@/lib/format";

/** Which credential a provider is known by, and since when. */
export const CredentialAge = ({ of }: { of: Schemas["Provider"] }) =>
  of.credential_fingerprint ? (
    <span className="inline-flex items-baseline gap-2 whitespace-nowrap">
      <span className="font-mono text-xs text-ink-2">{of.credential_fingerprint}</span>
      {of.credentials_set_at && (
        <time
          dateTime={of.credentials_set_at}
          title={moment(of.credentials_set_at)}
          className="num text-xs text-ink-3"
        >
          {ago(of.credentials_set_at)}
        </time>
      )}
    </span>
  ) : (
    <span className="text-ink-3">{NONE}</span>
  );
