import { Meter } from "@/charts/bars";
import { money, percent } from "@/lib/format";
import type { Column } from "@/tables/column";
import { DataTable } from "@/tables/data-table";
import { Empty } from "@/ui/states";
import { Tag } from "@/ui/status";
import { percentOf, shareOf } from "./amount";
import type { Names } from "./names";
import type { Budget } from "./queries";
import { ACTIONS, each, reached, scopeWords, toneOf } from "./scope";

export function BudgetsTable(props: {
  budgets: Budget[];
  names: Names;
  selected?: string;
  onSelect: (budget: string | undefined) => void;
  setBudget?: React.ReactNode;
}) {
  return (
    <DataTable
      label="Budgets"
      rows={props.budgets}
      rowKey={(budget) => budget.id}
      columns={columns(props.names)}
      phoneRow={(budget) => <PhoneRow budget={budget} names={props.names} />}
      selected={props.selected}
      onSelect={props.onSelect}
      empty={
        <Empty title="No budget is set" action={props.setBudget}>
          A budget tells you when costs reach a limit, slows calls down, or refuses what would pass
          it.
        </Empty>
      }
    />
  );
}

const columns = (names: Names): Column<Budget>[] => [
  {
    key: "name",
    head: "Budget",
    width: "minmax(140px,1fr)",
    priority: 1,
    order: (budget) => budget.name.toLowerCase(),
    cell: (budget) => (
      <span
        dir="auto"
        title={budget.name}
        className="block max-w-44 truncate text-left font-medium"
      >
        {budget.name}
      </span>
    ),
  },
  {
    key: "scope",
    head: "Counts",
    width: "minmax(140px,1fr)",
    priority: 2,
    cell: (budget) => {
      const text = scopeWords(budget.scope, names);
      return (
        <span dir="auto" title={text} className="block max-w-48 truncate text-left text-ink-2">
          {text}
        </span>
      );
    },
  },
  {
    key: "used",
    head: "Used",
    width: "190px",
    priority: 1,
    order: (budget) => shareOf(budget.spent, budget.budget_amount),
    cell: (budget) => <Used budget={budget} />,
  },
  {
    key: "spent",
    head: "Spent",
    width: "96px",
    priority: 2,
    isRight: true,
    order: (budget) => Number(budget.spent.amount),
    cell: (budget) => money(budget.spent),
  },
  {
    key: "held",
    head: "Held",
    width: "84px",
    priority: 3,
    isRight: true,
    order: (budget) => Number(budget.held.amount),
    cell: (budget) => money(budget.held),
  },
  {
    key: "available",
    head: "Available",
    width: "96px",
    priority: 1,
    isRight: true,
    order: (budget) => Number(budget.available.amount),
    cell: (budget) => money(budget.available),
  },
  {
    key: "amount",
    head: "Limit",
    width: "96px",
    priority: 2,
    isRight: true,
    order: (budget) => Number(budget.budget_amount.amount),
    cell: (budget) => (
      <span className="whitespace-nowrap">
        {money(budget.budget_amount)} <span className="text-ink-3">{each(budget)}</span>
      </span>
    ),
  },
  {
    key: "reached",
    head: "Reached",
    width: "104px",
    priority: 2,
    cell: (budget) => <Reached budget={budget} />,
  },
  {
    key: "action",
    head: "At the limit",
    width: "104px",
    priority: 3,
    cell: (budget) => (
      <span className="whitespace-nowrap text-ink-2">{ACTIONS[budget.action].word}</span>
    ),
  },
];

export function Used({ budget }: { budget: Budget }) {
  const share = shareOf(budget.spent, budget.budget_amount);
  return (
    <span className="flex items-center gap-2">
      <span className="min-w-20 flex-1">
        <Meter
          label={`${budget.name}: spent and held`}
          share={share}
          held={shareOf(budget.held, budget.budget_amount)}
          tone={toneOf(budget)}
        />
      </span>
      <span className="num w-12 text-right text-ink-2">{percent(share)}</span>
    </span>
  );
}

function Reached({ budget }: { budget: Budget }) {
  const last = reached(budget).at(-1);
  if (!last) return <span className="text-ink-3">none</span>;
  return <Tag tone={toneOf(budget) === "bad" ? "bad" : "warn"}>{percentOf(last)}%</Tag>;
}

const PhoneRow = ({ budget, names }: { budget: Budget; names: Names }) => (
  <span className="grid grid-cols-1 gap-1">
    <span className="flex items-baseline justify-between gap-3">
      <span dir="auto" className="truncate font-medium">
        {budget.name}
      </span>
      <span className="num shrink-0">
        {money(budget.spent)}{" "}
        <span className="text-ink-3">
          of {money(budget.budget_amount)} {each(budget)}
        </span>
      </span>
    </span>
    <Used budget={budget} />
    <span dir="auto" className="truncate text-xs text-ink-3">
      {scopeWords(budget.scope, names)} · {ACTIONS[budget.action].word}
    </span>
  </span>
);
