/** What the URL of the page says. */

export const STATUSES = ["active", "maintenance", "inactive"] as const;
export type FeatureStatus = (typeof STATUSES)[number];

export const TABS = ["models", "limits", "payloads", "history"] as const;
export type Tab = (typeof TABS)[number];

export type FeatureSearch = {
  /** Text that the names have in them. */
  q?: string;
  status?: FeatureStatus;
  /** The name of the feature whose panel is open. */
  sel?: string;
  /** What of it is looked at; absent: its models. */
  tab?: Tab;
  new?: true;
  edit?: true;
};

const oneOf = <T extends string>(of: readonly T[], value: unknown): T | undefined =>
  of.find((one) => one === value);
const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;
const flag = (value: unknown) => value === true || value === "true" || undefined;

/** Values that mean nothing are left out. */
export function parseSearch(search: Record<string, unknown>): FeatureSearch {
  return {
    q: text(search.q),
    status: oneOf(STATUSES, search.status),
    sel: text(search.sel),
    tab: oneOf(TABS, search.tab),
    new: flag(search.new),
    edit: flag(search.edit),
  };
}
