import type { Schemas } from "@/api/client";
import { count } from "@/lib/format";
import { TextField } from "@/ui/field";
import { type ErrorAt, FieldGroup } from "@/ui/form-dialog";

type Limits = Schemas["ProviderLimits"];

/** Figures as they are typed; times in seconds. */
export type LimitsForm = Record<keyof Limits, string>;

type Field = { name: keyof Limits; label: string; help: string };

const PACE: Field[] = [
  { name: "concurrency", label: "Calls at once", help: "Per gateway. Empty: no bound." },
  { name: "queue", label: "Places in the queue", help: "Beyond them the next model is tried." },
];
const TIMES: Field[] = [
  { name: "queue_timeout_ms", label: "In the queue", help: "How long one may wait for a place." },
  { name: "connect_timeout_ms", label: "To connect", help: "TLS included." },
  { name: "first_byte_timeout_ms", label: "To the first byte", help: "Of the answer." },
  { name: "idle_timeout_ms", label: "Between two pieces", help: "Of an answer that streams." },
  { name: "total_timeout_ms", label: "In all", help: "All of an attempt." },
  {
    name: "drain_timeout_ms",
    label: "After the client hung up",
    help: "To read the usage at the end; 0 cancels at once.",
  },
];

const DEFAULTS: Limits = {
  concurrency: null,
  queue: 256,
  queue_timeout_ms: 10_000,
  connect_timeout_ms: 5_000,
  first_byte_timeout_ms: 120_000,
  idle_timeout_ms: 60_000,
  total_timeout_ms: 600_000,
  drain_timeout_ms: 5_000,
};
const isTime = (name: keyof Limits) => name.endsWith("_ms");

export function limitsForm(limits: Limits = DEFAULTS): LimitsForm {
  const text = (name: keyof Limits) => {
    const value = limits[name];
    return value == null ? "" : String(isTime(name) ? value / 1000 : value);
  };
  return Object.fromEntries(
    [...PACE, ...TIMES].map(({ name }) => [name, text(name)]),
  ) as LimitsForm;
}

export function limitProblem(name: keyof Limits, typed: string): string | undefined {
  const text = typed.trim();
  if (name === "concurrency" && text === "") return undefined;
  if (isTime(name))
    return /^\d{1,6}(\.\d{1,3})?$/.test(text) ? undefined : "Give seconds, as 5 or 0.25.";
  return /^\d{1,9}$/.test(text) ? undefined : "Give a whole number.";
}

/** The limits, or nothing while one of them is wrong. */
export function limitsOf(form: LimitsForm): Limits | undefined {
  const names = [...PACE, ...TIMES].map(({ name }) => name);
  if (names.some((name) => limitProblem(name, form[name]))) return undefined;
  const value = (name: keyof Limits) => {
    if (form[name].trim() === "") return null;
    return isTime(name) ? Math.round(Number(form[name]) * 1000) : Number(form[name]);
  };
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Limits;
}

export function LimitsFields(props: {
  form: LimitsForm;
  onChange: (form: LimitsForm) => void;
  errorAt: ErrorAt;
}) {
  const { form, onChange, errorAt } = props;
  const field = ({ name, label, help }: Field) => (
    <TextField
      key={name}
      label={label}
      help={help}
      inputMode={isTime(name) ? "decimal" : "numeric"}
      unit={isTime(name) ? "s" : undefined}
      error={limitProblem(name, form[name]) ?? errorAt(`/limits/${name}`)}
      value={form[name]}
      onChange={(event) => onChange({ ...form, [name]: event.target.value })}
    />
  );
  return (
    <>
      <FieldGroup title="Pace">{PACE.map(field)}</FieldGroup>
      <FieldGroup title="Longest waits">{TIMES.map(field)}</FieldGroup>
    </>
  );
}

const seconds = (milliseconds: number) => `${milliseconds / 1000} s`;

/** The same as names and values. */
export const limitFacts = (limits: Limits) =>
  [
    ["Calls at once", limits.concurrency == null ? "No bound" : count(limits.concurrency)],
    ["Queue", `${count(limits.queue)} places, ${seconds(limits.queue_timeout_ms)}`],
    ["To connect", seconds(limits.connect_timeout_ms)],
    ["To the first byte", seconds(limits.first_byte_timeout_ms)],
    ["Between two pieces", seconds(limits.idle_timeout_ms)],
    ["In all", seconds(limits.total_timeout_ms)],
    ["After the client hung up", seconds(limits.drain_timeout_ms)],
  ] as const;
