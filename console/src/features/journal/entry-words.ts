/** Entries in words. */
import type { Schemas } from "@/api/client";
import type { Difference } from "@/api/write";
import { words } from "@/lib/format";
import type { Entry } from "./queries";

const DONE: Record<string, string> = {
  create: "Created",
  update: "Changed",
  delete: "Removed",
  revoke: "Revoked",
  rotate: "Rotated",
  issue: "Issued",
  read: "Read",
  erase: "Erased",
  sign_in: "Signed in",
  sign_out: "Signed out",
};

/** `Created`, for any action there is or will be. */
export const actionWord = (action: string) => DONE[action] ?? words(action);

/** `routing policy` */
export const kindWord = (kind: string) => kind.replaceAll("_", " ");

/** `Created budget`; who signs in does it with nothing. */
export const whatWords = (entry: Entry) =>
  entry.kind === "session"
    ? actionWord(entry.action)
    : `${actionWord(entry.action)} ${kindWord(entry.kind)}`;

/** `Created budget Triage cap` */
export const entryWords = (entry: Entry) => `${whatWords(entry)} ${entry.name ?? entry.object}`;

/** Who decided, as far as it is still known. */
export const actorWord = (entry: Entry) =>
  entry.actor ?? (entry.actor_kind === "system" ? "Glaux" : "erased");

/** What changed, field by field: what was created or removed whole is told apart into its fields. */
export const fieldByField = (differences: Schemas["JournalEntryDetail"]["differences"]) =>
  (differences as unknown as Difference[]).flatMap((difference) => {
    const side = difference.new === undefined ? "old" : "new";
    const state = difference[side];
    if (difference.path !== "" || difference.op === "replace" || !isRecord(state))
      return [difference];
    return Object.entries(state)
      .filter(([, value]) => !isNothing(value))
      .map(([name, value]) => ({
        op: difference.op,
        path: `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
        [side]: value,
      }));
  });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNothing = (value: unknown) =>
  value === null || (typeof value === "object" && Object.keys(value).length === 0);
