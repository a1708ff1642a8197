import { useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { $api, type Schemas } from "@/api/client";
import { useCan } from "@/api/session";
import { count, date, exactMoney, moment, words } from "@/lib/format";
import { Tag } from "@/ui/status";
import { JournalLink } from "./journal-link";
import { RuleNote } from "./rule-note";
import { Section } from "./section";

type Attempt = Schemas["Attempt"];
type Line = Schemas["CostLine"];

/** What was used, the rule that charged each class, what was held for it, and what became known later. */
export const Charges = ({ attempts }: { attempts: Attempt[] }) =>
  attempts.map((attempt) => (
    <Section
      key={attempt.id}
      title={attempts.length > 1 ? `Charges of try ${attempt.attempt}` : "Charges"}
      note={<Basis attempt={attempt} />}
    >
      <LineTable attempt={attempt} />
      {attempt.unpriced && (
        <p className="text-xs text-warn">
          {words(attempt.unpriced)} has no price: the cost is only the known part.
        </p>
      )}
      <Holds attempt={attempt} />
      {attempt.adjustments.map((adjustment) => (
        <p key={adjustment.id} className="text-xs text-ink-2">
          {words(adjustment.reason)} on {moment(adjustment.at)}:{" "}
          {exactMoney(adjustment.before.cost)} became {exactMoney(adjustment.after.cost)}{" "}
          {adjustment.state !== "applied" && <Tag tone="warn">{words(adjustment.state)}</Tag>}{" "}
          <JournalLink seq={adjustment.journal_seq} />
        </p>
      ))}
    </Section>
  ));

const BASES: Record<string, string> = {
  reported: "as the provider counted",
  estimated: "estimated here",
  bound: "at most",
};
const Basis = ({ attempt }: { attempt: Attempt }) =>
  attempt.usage_basis && Object.keys(attempt.usage).length > 0
    ? (BASES[attempt.usage_basis] ?? words(attempt.usage_basis))
    : null;

function LineTable({ attempt }: { attempt: Attempt }) {
  const charged = new Set(attempt.cost_lines.map((line) => line.meter));
  const free = Object.entries(attempt.usage as Record<string, number>).filter(
    ([meter]) => !charged.has(meter),
  );
  if (attempt.cost_lines.length === 0 && free.length === 0)
    return <p className="text-sm text-ink-3">Nothing was used.</p>;
  return (
    <table className="num w-full text-xs">
      <thead>
        <tr className="border-b border-line text-ink-3 [&>th]:py-1 [&>th]:font-medium">
          <th className="text-left">Class</th>
          <th className="text-right">Quantity</th>
          <th className="text-right">Per million</th>
          <th className="text-right">Cost</th>
        </tr>
      </thead>
      <tbody className="[&_td]:py-1">
        {attempt.cost_lines.map((line) => (
          <Fragment key={line.meter + line.rule}>
            <tr>
              <td className="!pb-0">{words(line.meter)}</td>
              <td className="!pb-0 text-right">{count(line.quantity)}</td>
              <td className="!pb-0 text-right text-ink-2">
                {exactMoney({ amount: line.rate_per_million, currency: "USD" })}
              </td>
              <td className="!pb-0 text-right">{exactMoney(charge(line))}</td>
            </tr>
            <tr className="border-b border-line">
              <td colSpan={4} className="!pt-0">
                <RuleNote rule={line.rule} model={attempt.model ?? attempt.model_id} />
              </td>
            </tr>
          </Fragment>
        ))}
        {free.map(([meter, quantity]) => (
          <tr key={meter} className="border-b border-line text-ink-3">
            <td>{words(meter)}</td>
            <td className="text-right">{count(quantity)}</td>
            <td className="text-right" colSpan={2}>
              no rule
            </td>
          </tr>
        ))}
        <tr className="border-b border-line font-medium">
          <td colSpan={3}>Together</td>
          <td className="text-right">{exactMoney(attempt.cost)}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** A quantity at its rate, to the last digit. */
export function charge(line: Pick<Line, "quantity" | "rate_per_million">) {
  const [whole = "0", fraction = ""] = line.rate_per_million.split(".");
  const digits = (BigInt(whole + fraction) * BigInt(line.quantity))
    .toString()
    .padStart(fraction.length + 7, "0");
  const point = digits.length - fraction.length - 6;
  return { amount: `${digits.slice(0, point)}.${digits.slice(point)}`, currency: "USD" };
}

function Holds({ attempt }: { attempt: Attempt }) {
  return (
    <p className="text-xs text-ink-2">
      <span className="num">{exactMoney(attempt.held)}</span> was held
      {attempt.overrun && <span className="text-warn">, less than it cost</span>}
      {attempt.budgets.length > 0 && " in "}
      {attempt.budgets.map((one, index) => (
        <span key={one.budget + one.period_start}>
          {index > 0 && ", "}
          <BudgetName id={one.budget} /> (since {date(one.period_start)})
        </span>
      ))}
    </p>
  );
}

function BudgetName({ id }: { id: string }) {
  const budget = useQuery({
    ...$api.queryOptions("get", "/api/platform/ai-management/spending/budgets/{budget}", {
      params: { path: { budget: id } },
    }),
    enabled: useCan()("spending.read"),
    retry: false,
  });
  return <bdi className="font-medium">{budget.data?.name ?? id}</bdi>;
}
