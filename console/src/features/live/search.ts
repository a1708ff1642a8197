/** What the URL of the live status says. */

/** What can be done at once, in the panel beside the figures. */
export const ACTS = ["switch", "disable", "revoke"] as const;
export type Act = (typeof ACTS)[number];

export type LiveSearch = {
  /** The provider whose panel is open, by name. */
  sel?: string;
  /** What is about to be done. It covers the provider's panel and leads back to it. */
  act?: Act;
  /** The feature that it is done to. */
  feature?: string;
};

const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;

/** Drops what it does not know. */
export const parseSearch = (search: Record<string, unknown>): LiveSearch => ({
  sel: text(search.sel),
  act: ACTS.find((act) => act === search.act),
  feature: text(search.feature),
});
