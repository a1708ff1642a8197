/** What a form changes of a thing. Only this is sent: what others changed meanwhile stays. */

/** The fields that are other ones than before. */
export const changedOf = <T extends object>(before: T, after: T) =>
  Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof T]),
    ),
  ) as Partial<T>;

/** The same for what is sent whole: the latest state, with the fields that were changed. */
export const changedIn = <T extends object>(latest: T, before: T, after: T): T => ({
  ...latest,
  ...changedOf(before, after),
});
