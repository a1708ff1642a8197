/** What the URL of the page says. */

export const STEPS = ["models", "feature", "key", "call"] as const;
export type Step = (typeof STEPS)[number];

export type WelcomeSearch = {
  /** The step that the reader opened himself; absent: the first that is left to do. */
  step?: Step;
  /** Whether he adds a provider of his own. */
  add?: true;
};

export const parseSearch = (search: Record<string, unknown>): WelcomeSearch => ({
  step: STEPS.find((step) => step === search.step),
  add: search.add === true || search.add === "true" || undefined,
});
