import type { Schemas } from "@/api/client";
import { changedIn, changedOf } from "@/lib/changed";
import { dayOf } from "@/lib/day";

/** What the fields of a key hold while they are edited: figures and dates are text. */
export type KeyForm = {
  features: string[];
  models: string[];
  limits: LimitsForm;
  userLimits: LimitsForm;
  ipAllow: string[];
  ipDeny: string[];
  /** `2026-12-31`; empty: it does not end. */
  expires: string;
};
export type LimitsForm = Record<LimitName, string>;
export const LIMIT_NAMES = ["requests_per_minute", "tokens_per_minute", "concurrency"] as const;
type LimitName = (typeof LIMIT_NAMES)[number];

const limitsForm = (limits: Partial<Schemas["Limits"]>): LimitsForm => ({
  requests_per_minute: String(limits.requests_per_minute ?? ""),
  tokens_per_minute: String(limits.tokens_per_minute ?? ""),
  concurrency: String(limits.concurrency ?? ""),
});

export const emptyForm: KeyForm = {
  features: ["*"],
  models: [],
  limits: limitsForm({}),
  userLimits: limitsForm({}),
  ipAllow: [],
  ipDeny: [],
  expires: "",
};

export const formOf = (key: Schemas["Key"]): KeyForm => ({
  features: key.features,
  models: key.models,
  limits: limitsForm(key.limits),
  userLimits: limitsForm(key.user_limits),
  ipAllow: key.ip_allow,
  ipDeny: key.ip_deny,
  expires: key.expires_at ? dayOf(Date.parse(key.expires_at)) : "",
});

/** The end of a day, as it is here: a key works on the day that is named. */
export const endOfDay = (day: string) => new Date(`${day}T23:59:59`).toISOString();

/** The problem with a limit as it was typed. */
export const limitProblem = (text: string) =>
  text.trim() === "" || /^\d{1,15}$/.test(text.trim())
    ? undefined
    : "Give a whole number, or nothing for no bound.";

export const hasProblem = (form: KeyForm) =>
  [form.limits, form.userLimits].some((limits) =>
    LIMIT_NAMES.some((name) => limitProblem(limits[name])),
  );

const limits = (form: LimitsForm): Schemas["Limits"] => ({
  requests_per_minute: figure(form.requests_per_minute),
  tokens_per_minute: figure(form.tokens_per_minute),
  concurrency: figure(form.concurrency),
});
const figure = (text: string) => (text.trim() ? Number(text) : null);

/** What the fields ask for. */
export function bodyOf(form: KeyForm) {
  return {
    features: form.features,
    models: form.models,
    limits: limits(form.limits),
    user_limits: limits(form.userLimits),
    ip_allow: form.ipAllow,
    ip_deny: form.ipDeny,
    expires_at: form.expires ? endOfDay(form.expires) : undefined,
  } satisfies Schemas["KeyChange"];
}

/** What the fields change of a key as it was read; limits are sent whole, with what others set by now. */
export function changeOf(
  before: Schemas["Key"],
  form: KeyForm,
  latest = before,
): Schemas["KeyChange"] {
  const [read, asked] = [bodyOf(formOf(before)), bodyOf(form)];
  const { limits, user_limits, ...others } = changedOf(read, asked);
  return {
    ...others,
    limits: limits && changedIn(latest.limits, read.limits, limits),
    user_limits: user_limits && changedIn(latest.user_limits, read.user_limits, user_limits),
  };
}

/** `203.0.113.7` as the network of that one address. */
export const network = (text: string) =>
  text.includes("/") ? text : text.includes(":") ? `${text}/128` : `${text}/32`;
