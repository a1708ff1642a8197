import { compact, count, date, money, NONE } from "@/lib/format";
import { rate } from "@/lib/prices";
import type { Column } from "@/tables/column";
import { Tag } from "@/ui/status";
import { type ModelRow, sourceOf } from "./model-rows";
import type { ModelsSearch, Order, SetSearch } from "./search";

const None = () => <span className="text-ink-3">{NONE}</span>;

/** Where a model's figures are from, and as of when. */
export function Source({ of }: { of: ModelRow["model"] }) {
  const [first, ...others] = of.origin?.sources ?? [];
  if (!first)
    return <span className="text-ink-3">{of.prices.length > 0 ? "Stated here" : NONE}</span>;
  return (
    <span title={of.origin?.sources.join("\n")} className="truncate text-ink-2">
      {sourceOf(first).name}
      {others.length > 0 && ` +${others.length}`}
      {of.origin?.as_of && <span className="text-ink-3">, {date(of.origin.as_of)}</span>}
    </span>
  );
}

const Price = ({ of, meter }: { of: ModelRow; meter: string }) => {
  if (of.isUnpriced) return meter === "input_tokens" ? <Tag tone="warn">No price</Tag> : <None />;
  return rate(of.model.prices, meter) ?? <None />;
};

type Ordered = Column<ModelRow> & { orders?: Order };

const COLUMNS: Ordered[] = [
  {
    key: "name",
    head: "Model",
    width: "minmax(200px,1.4fr)",
    priority: 1,
    orders: "name",
    cell: (row) => (
      <span title={row.model.name} className="truncate font-mono text-xs font-medium">
        {row.name}
      </span>
    ),
  },
  {
    key: "provider",
    head: "Provider",
    width: "minmax(90px,120px)",
    priority: 1,
    orders: "provider",
    cell: (row) => (
      <span title={row.provider} className="truncate text-ink-2">
        {row.provider}
      </span>
    ),
  },
  {
    key: "type",
    head: "Type",
    width: "90px",
    priority: 3,
    orders: "type",
    cell: (row) => <span className="text-ink-2">{typeLabel(row.model.type)}</span>,
  },
  {
    key: "context",
    head: "Context",
    width: "76px",
    isRight: true,
    priority: 2,
    orders: "context",
    cell: ({ model }) =>
      model.context_window ? (
        <span className="num" title={`${count(model.context_window)} tokens`}>
          {compact(model.context_window)}
        </span>
      ) : (
        <None />
      ),
  },
  {
    key: "read",
    head: "In, per M",
    width: "86px",
    isRight: true,
    priority: 1,
    orders: "read",
    cell: (row) => (
      <span className="num">
        <Price of={row} meter="input_tokens" />
      </span>
    ),
  },
  {
    key: "written",
    head: "Out, per M",
    width: "90px",
    isRight: true,
    priority: 1,
    orders: "written",
    cell: (row) => (
      <span className="num">
        <Price of={row} meter="output_tokens" />
      </span>
    ),
  },
  {
    key: "source",
    head: "Prices from",
    width: "minmax(160px,225px)",
    priority: 2,
    cell: (row) => <Source of={row.model} />,
  },
  {
    key: "calls",
    head: "Calls, 30 d",
    width: "90px",
    isRight: true,
    priority: 2,
    orders: "calls",
    cell: (row) => (row.calls ? <span className="num">{compact(row.calls)}</span> : <None />),
  },
  {
    key: "cost",
    head: "Spend, 30 d",
    width: "100px",
    isRight: true,
    priority: 2,
    orders: "cost",
    cell: (row) => (row.calls ? <span className="num">{money(row.cost)}</span> : <None />),
  },
  {
    key: "aliases",
    head: "Aliases",
    width: "minmax(76px,110px)",
    priority: 3,
    cell: (row) =>
      row.aliases.length > 0 ? (
        <span className="truncate font-mono text-xs" title={row.aliases.join(", ")}>
          {row.aliases.join(", ")}
        </span>
      ) : (
        <None />
      ),
  },
];

/** The columns, whose heads order the list by way of the URL. */
export const modelColumns = (sort: ModelsSearch["sort"], set: SetSearch): Column<ModelRow>[] =>
  COLUMNS.map((column) => {
    const by = column.orders;
    if (!by) return column;
    const isAscending = sort === by;
    const isDescending = sort === `-${by}`;
    const next = isAscending || (column.isRight && !isDescending) ? (`-${by}` as const) : by;
    return {
      ...column,
      head: (
        <button
          type="button"
          className="rounded hover:text-ink"
          onClick={() => set({ sort: next })}
          aria-label={`Order by ${column.head}${isAscending ? ", ascending" : isDescending ? ", descending" : ""}`}
        >
          {column.head}
          <span aria-hidden>{isAscending ? " ↑" : isDescending ? " ↓" : ""}</span>
        </button>
      ),
    };
  });

export const typeLabel = (type: string) =>
  type === "llm" ? "Text" : type.charAt(0).toUpperCase() + type.slice(1);

export const ModelPhoneRow = (row: ModelRow) => (
  <div className="grid gap-0.5">
    <div className="flex items-center justify-between gap-3">
      <span className="min-w-0 truncate font-mono text-xs font-medium">{row.name}</span>
      <span className="num shrink-0 text-xs">
        <Price of={row} meter="input_tokens" />
        {!row.isUnpriced && row.written !== undefined && (
          <>
            {" · "}
            <Price of={row} meter="output_tokens" />
          </>
        )}
      </span>
    </div>
    <div className="num flex items-center gap-3 text-xs text-ink-3">
      <span className="truncate">{row.provider}</span>
      {row.model.context_window && <span>{compact(row.model.context_window)} context</span>}
      {row.calls ? <span className="ml-auto shrink-0">{money(row.cost)}</span> : null}
    </div>
  </div>
);
