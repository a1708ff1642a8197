/** The present moment by the program's clock: a browser's may be hours off, and ages and time ranges with it. */

/** Answers take a while, and `Date` has whole seconds: less than this is no difference. */
const TOLERANCE_MS = 5_000;

let ahead = 0;

/** Milliseconds since 1970, as the program has them. */
export const now = () => Date.now() + ahead;

/** Takes the clock of an answer over. */
export function heardDate(header: string | null) {
  const difference = new Date(header ?? "").getTime() - Date.now();
  if (Number.isNaN(difference)) return;
  ahead = Math.abs(difference) < TOLERANCE_MS ? 0 : difference;
}
