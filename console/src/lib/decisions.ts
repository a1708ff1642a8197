/** Entries of the journal in words. */
import { words } from "./format";

const DONE: Record<string, string> = {
  update: "Changed",
  delete: "Removed",
  read: "Read",
  set: "Set",
  undo: "Took back",
  re_rate: "Rated anew",
  sign_in: "Signed in",
  sign_out: "Signed out",
};

/** `Created`, for any action there is or will be. */
export function actionWord(action: string): string {
  const known = DONE[action];
  if (known) return known;
  if (action.includes("_")) return words(action);
  return `${words(action)}${action.endsWith("e") ? "d" : "ed"}`;
}

/** `routing policy` */
export const kindWord = (kind: string) => kind.replaceAll("_", " ");

/** `Created budget`; who signs in does it with nothing. */
export const whatWords = (entry: { kind: string; action: string }) =>
  entry.kind === "session"
    ? actionWord(entry.action)
    : `${actionWord(entry.action)} ${kindWord(entry.kind)}`;
