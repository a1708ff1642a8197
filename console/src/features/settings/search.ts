/** What the page's URL says. */
export const TABS = ["organization", "tokens", "appearance", "about"] as const;
export type Tab = (typeof TABS)[number];

export type SettingsSearch = {
  /** The organization where absent. */
  tab?: Tab;
  /** A token is being issued. */
  new?: true;
};

export const parseSearch = (given: Record<string, unknown>): SettingsSearch => ({
  tab: TABS.find((tab) => tab === given.tab && tab !== "organization"),
  new: given.new === true || undefined,
});
