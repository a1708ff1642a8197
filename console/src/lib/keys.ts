import { now } from "./now";

/** Whether calls with a key are let in. */
export const works = (
  key: { revoked_at?: string | null; expires_at?: string | null },
  at: number = now(),
) => !key.revoked_at && (!key.expires_at || Date.parse(key.expires_at) > at);
