/** Entries in words. */
import type { Schemas } from "@/api/client";
import type { Difference } from "@/api/write";
import { whatWords } from "@/lib/decisions";
import type { Entry } from "./queries";

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
