import type { Schemas } from "@/api/client";
import { duration, plural } from "@/lib/format";
import { SelectField, TextField } from "@/ui/field";
import { type ErrorAt, FieldGroup } from "@/ui/form-dialog";

type Policy = Schemas["Policy"];

/** Which model is tried first, in words. */
export const BALANCING: Record<Schemas["Balancing"], string> = {
  ordered: "As listed",
  weighted: "At random, by weight",
  latency: "The fastest of late",
  cost: "The cheapest",
  cache_affine: "The one that knows the beginning",
};

export type PolicyForm = Record<Figure, string> & {
  balancing: Schemas["Balancing"];
  unsupported: string;
  hold: string;
  currency: string;
};
type Figure =
  | "retries"
  | "retry_backoff_ms"
  | "retry_budget_percent"
  | "cache_ttl_seconds"
  | "max_output_tokens";

const FIGURES: { name: Figure; label: string; unit?: string; help: string }[] = [
  {
    name: "retries",
    label: "Further attempts",
    help: "At the same model, after a failure that may pass.",
  },
  {
    name: "retry_backoff_ms",
    label: "First pause",
    unit: "ms",
    help: "Before another attempt; it doubles.",
  },
  {
    name: "retry_budget_percent",
    label: "Further attempts at most",
    unit: "% of calls",
    help: "Over ten seconds: who is down is not hit with more.",
  },
  {
    name: "cache_ttl_seconds",
    label: "Answer from the cache for",
    unit: "s",
    help: "0 never. Only where payloads are kept.",
  },
  {
    name: "max_output_tokens",
    label: "Most output",
    unit: "tokens",
    help: "Where neither client nor model has a limit.",
  },
];

const DEFAULTS: Policy = {
  balancing: "ordered",
  retries: 1,
  retry_backoff_ms: 200,
  retry_budget_percent: 20,
  cache_ttl_seconds: 0,
  on_unsupported: "refuse",
  max_output_tokens: 4096,
};

type Money = { amount: string; currency: string };

export const policyForm = (policy: Policy = DEFAULTS): PolicyForm => ({
  balancing: policy.balancing,
  unsupported: policy.on_unsupported,
  hold: (policy.unpriced_hold as Money | null | undefined)?.amount ?? "",
  currency: (policy.unpriced_hold as Money | null | undefined)?.currency ?? "USD",
  retries: String(policy.retries),
  retry_backoff_ms: String(policy.retry_backoff_ms),
  retry_budget_percent: String(policy.retry_budget_percent),
  cache_ttl_seconds: String(policy.cache_ttl_seconds),
  max_output_tokens: String(policy.max_output_tokens),
});

const figureProblem = (text: string) =>
  /^\d{1,9}$/.test(text.trim()) ? undefined : "Give a whole number.";
const holdProblem = (text: string) =>
  text.trim() === "" || /^\d{1,9}(\.\d{1,9})?$/.test(text.trim())
    ? undefined
    : "Give an amount, as 0.05, or nothing.";

/** The policy, or nothing while a field is wrong. */
export function policyOf(form: PolicyForm): Policy | undefined {
  if (FIGURES.some(({ name }) => figureProblem(form[name])) || holdProblem(form.hold)) return;
  const hold = form.hold.trim();
  return {
    balancing: form.balancing,
    on_unsupported: form.unsupported,
    retries: Number(form.retries),
    retry_backoff_ms: Number(form.retry_backoff_ms),
    retry_budget_percent: Number(form.retry_budget_percent),
    cache_ttl_seconds: Number(form.cache_ttl_seconds),
    max_output_tokens: Number(form.max_output_tokens),
    unpriced_hold: (hold
      ? { amount: hold, currency: form.currency }
      : null) as Policy["unpriced_hold"],
  };
}

export function PolicyFields(props: {
  form: PolicyForm;
  onChange: (part: Partial<PolicyForm>) => void;
  errorAt: ErrorAt;
}) {
  const { form, onChange, errorAt } = props;
  return (
    <FieldGroup>
      <SelectField
        label="Which model first"
        error={errorAt("/policy/balancing")}
        value={form.balancing}
        onChange={(event) => onChange({ balancing: event.target.value as Schemas["Balancing"] })}
      >
        {Object.entries(BALANCING).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="A field that the model can't express"
        error={errorAt("/policy/on_unsupported")}
        value={form.unsupported}
        onChange={(event) => onChange({ unsupported: event.target.value })}
      >
        <option value="refuse">Refuse the call and name it</option>
        <option value="drop">Leave it out</option>
      </SelectField>
      {FIGURES.map(({ name, label, unit, help }) => (
        <TextField
          key={name}
          label={label}
          unit={unit}
          help={help}
          inputMode="numeric"
          error={figureProblem(form[name]) ?? errorAt(`/policy/${name}`)}
          value={form[name]}
          onChange={(event) => onChange({ [name]: event.target.value })}
        />
      ))}
      <TextField
        label="Held for a model without a price"
        unit={form.currency}
        help="Empty: refused under a blocking budget."
        inputMode="decimal"
        error={holdProblem(form.hold) ?? errorAt("/policy/unpriced_hold")}
        value={form.hold}
        onChange={(event) => onChange({ hold: event.target.value })}
      />
    </FieldGroup>
  );
}

/** What a policy says, as names and values. */
export const policyFacts = (policy: Policy) => {
  const hold = policy.unpriced_hold as Money | null | undefined;
  return [
    ["Which model first", BALANCING[policy.balancing]],
    [
      "Further attempts",
      policy.retries === 0
        ? "None"
        : `${policy.retries}, after ${duration(policy.retry_backoff_ms)}, up to ${policy.retry_budget_percent}% of calls`,
    ],
    [
      "From the cache",
      policy.cache_ttl_seconds === 0 ? "Never" : `For ${duration(policy.cache_ttl_seconds * 1000)}`,
    ],
    ["Field it can't express", policy.on_unsupported === "drop" ? "Left out" : "Refused"],
    ["Most output", plural(policy.max_output_tokens, "token")],
    ["Without a price", hold ? `${hold.amount} ${hold.currency} held` : "Refused under a budget"],
  ] as const;
};
