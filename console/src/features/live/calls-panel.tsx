import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { keysQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { duration, money, plural } from "@/lib/format";
import type { Column } from "@/tables/column";
import { DataTable } from "@/tables/data-table";
import { EnvironmentName } from "@/ui/environment";
import { Panel } from "@/ui/panel";
import { Tag } from "@/ui/status";

type Row = Schemas["CallInFlight"] & { age: number };

/** The calls that are under way, the oldest first. Their ages grow by the clock between two readings. */
export function CallsPanel(props: { live: Schemas["LiveStatus"]; now: number }) {
  const passed = Math.max(0, props.now - Date.parse(props.live.at));
  const keys = useQuery({ ...keysQuery, enabled: useCan()("keys.read") });
  const nameOf = (id: string) => keys.data?.find((key) => key.id === id)?.name ?? id;
  const rows = props.live.calls.map(
    (call): Row => ({ ...call, key: nameOf(call.key), age: call.age_ms + passed }),
  );
  const { attempts } = props.live.in_flight;
  return (
    <Panel
      title="Calls in flight"
      note={
        rows.length < attempts
          ? `the oldest ${rows.length} of ${plural(attempts, "attempt")}`
          : "the oldest first"
      }
    >
      <DataTable
        label="Calls in flight"
        rows={rows}
        rowKey={(row) => row.call_id}
        columns={COLUMNS}
        phoneRow={(row) => <PhoneRow row={row} />}
        empty={<p className="px-3 py-4 text-sm text-ink-3">No call is in flight.</p>}
      />
    </Panel>
  );
}

const Feature = ({ row }: { row: Row }) => (
  <span className="block truncate font-medium" title={row.feature ?? undefined} dir="auto">
    {row.feature ?? <span className="font-normal text-ink-3">Without a feature</span>}
  </span>
);

const COLUMNS: Column<Row>[] = [
  {
    key: "age",
    head: "Age",
    width: "96px",
    isRight: true,
    priority: 1,
    cell: (row) => <span className="whitespace-nowrap">{duration(row.age)}</span>,
    order: (row) => row.age,
  },
  {
    key: "feature",
    head: "Feature",
    width: "1fr",
    priority: 1,
    cell: (row) => <Feature row={row} />,
    order: (row) => row.feature ?? "",
  },
  {
    key: "model",
    head: "Model",
    width: "1fr",
    priority: 1,
    cell: (row) => (
      <span className="inline-flex items-center gap-2 font-mono text-xs">
        {row.model}
        {row.stream && <Tag>Stream</Tag>}
      </span>
    ),
    order: (row) => row.model,
  },
  {
    key: "environment",
    head: "Environment",
    width: "120px",
    priority: 2,
    cell: (row) => <EnvironmentName of={row.environment} />,
    order: (row) => row.environment,
  },
  {
    key: "key",
    head: "Key",
    width: "1fr",
    priority: 2,
    cell: (row) => (
      <span className="block max-w-60 truncate" title={row.key} dir="auto">
        {row.key}
      </span>
    ),
    order: (row) => row.key,
  },
  {
    key: "held",
    head: "Held",
    width: "96px",
    isRight: true,
    priority: 3,
    cell: (row) => money(row.held),
    order: (row) => Number(row.held.amount),
  },
];

const PhoneRow = ({ row }: { row: Row }) => (
  <div className="grid gap-0.5">
    <div className="flex items-center justify-between gap-3">
      <Feature row={row} />
      <span className="num shrink-0">{duration(row.age)}</span>
    </div>
    <div className="flex items-center justify-between gap-3 text-xs text-ink-3">
      <span className="min-w-0 truncate font-mono">{row.model}</span>
      <EnvironmentName of={row.environment} />
    </div>
  </div>
);
