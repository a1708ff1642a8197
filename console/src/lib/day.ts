/** Days as inputs and URLs write them: `2026-11-21`, where the reader is. */

export const isDay = (value: unknown): value is string =>
  typeof value === "string" &&
  /^\d{4}-\d{2}-\d{2}$/.test(value) &&
  !Number.isNaN(startOf(value).getTime());

export function dayOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Its midnight. */
export const startOf = (day: string) => new Date(`${day}T00:00:00`);

/** The midnight after it, summer time or not. */
export function endOf(day: string): Date {
  const date = startOf(day);
  date.setDate(date.getDate() + 1);
  return date;
}
