import type { Difference } from "@/api/write";
import { exactMoney, type Money, words } from "@/lib/format";

/** What changes: path, before, after. In the manner of RFC 6902, with the old value beside the new one. */
export function DiffTable({ differences }: { differences: Difference[] }) {
  if (differences.length === 0) return <p className="text-sm text-ink-3">Nothing changes.</p>;
  return (
    <dl className="grid gap-px overflow-hidden rounded-md border border-line bg-line text-xs">
      {differences.map((difference) => (
        <div
          key={difference.path}
          className="grid gap-x-3 bg-surface px-2.5 py-1.5 sm:grid-cols-[140px_1fr]"
        >
          <dt className="text-ink-3 [overflow-wrap:anywhere]">{pathWords(difference.path)}</dt>
          <dd className="grid gap-0.5">
            {difference.old !== undefined && (
              <Value sign="−" name="before" value={difference.old} tone="bg-bad-soft" />
            )}
            {difference.new !== undefined && (
              <Value sign="+" name="after" value={difference.new} tone="bg-ok-soft" />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({
  sign,
  name,
  value,
  tone,
}: {
  sign: string;
  name: string;
  value: unknown;
  tone: string;
}) {
  return (
    <span className={`flex gap-2 rounded-sm px-1.5 font-mono ${tone}`}>
      <span aria-hidden className="text-ink-2">
        {sign}
      </span>
      <span className="sr-only">{name}</span>
      <span dir="auto" className="min-w-0 [overflow-wrap:anywhere] whitespace-pre-line">
        {lines(value).join("\n")}
      </span>
    </span>
  );
}

/** A value as lines that a person reads: what is absent in an object is left out. */
export function lines(value: unknown): string[] {
  if (value === null) return ["none"];
  if (typeof value === "string") return [value || "empty"];
  if (typeof value !== "object") return [String(value)];
  if (Array.isArray(value))
    return value.length === 0 ? ["none"] : value.map((item) => lines(item).join(", "));
  const { amount, currency } = value as Partial<Money>;
  if (amount !== undefined && currency !== undefined) return [exactMoney({ amount, currency })];
  const said = Object.entries(value).filter(([, part]) => !isNothing(part));
  if (said.length === 0) return ["none"];
  return said.map(([name, part]) => `${words(name)}: ${lines(part).join(", ")}`);
}

const isNothing = (value: unknown) =>
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === "object" && Object.values(value).every(isNothing));

/** `/limits/requests_per_minute` as `Limits · Requests per minute` */
export const pathWords = (path: string) =>
  path
    .split("/")
    .filter(Boolean)
    .map((part) => words(part.replaceAll("~1", "/").replaceAll("~0", "~")))
    .join(" · ") || "All of it";
