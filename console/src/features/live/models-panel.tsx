import type { Schemas } from "@/api/client";
import { count, duration } from "@/lib/format";
import type { Column } from "@/tables/column";
import { DataTable } from "@/tables/data-table";
import { CircuitStatus } from "@/ui/health";
import { Panel } from "@/ui/panel";

type Model = Schemas["ModelHealth"];

/** Whether calls reach each model that was tried within the last minute or is called now. */
export const ModelsPanel = ({ providers }: { providers: Schemas["ProviderHealth"][] }) => (
  <Panel title="Models" note="tried in the last minute, called now, or cut off">
    <ModelTable models={providers.flatMap((provider) => provider.models)} />
  </Panel>
);

export const ModelTable = ({ models }: { models: Model[] }) => (
  <DataTable
    label="Models"
    rows={models}
    rowKey={(model) => model.id}
    columns={COLUMNS}
    phoneRow={(model) => <PhoneRow model={model} />}
    empty={<p className="px-3 py-4 text-sm text-ink-3">No model was called in the last minute.</p>}
  />
);

const Name = ({ model }: { model: Model }) => (
  <span className="block truncate font-mono text-xs" title={model.name}>
    {model.name}
  </span>
);

const COLUMNS: Column<Model>[] = [
  {
    key: "model",
    head: "Model",
    width: "1fr",
    priority: 1,
    cell: (model) => <Name model={model} />,
    order: (model) => model.name,
  },
  {
    key: "circuit",
    head: "Circuit",
    width: "130px",
    priority: 1,
    cell: (model) => <CircuitStatus of={model.circuit} />,
    order: (model) => model.circuit,
  },
  {
    key: "answered",
    head: "Answered/min",
    width: "110px",
    isRight: true,
    priority: 2,
    cell: (model) => count(model.rates.answered_per_minute),
    order: (model) => model.rates.answered_per_minute,
  },
  {
    key: "failed",
    head: "Failed/min",
    width: "100px",
    isRight: true,
    priority: 1,
    cell: (model) =>
      model.rates.failed_per_minute > 0 ? (
        <span className="font-medium text-bad">{count(model.rates.failed_per_minute)}</span>
      ) : (
        0
      ),
    order: (model) => model.rates.failed_per_minute,
  },
  {
    key: "first-byte",
    head: "First byte",
    width: "100px",
    isRight: true,
    priority: 3,
    cell: (model) => duration(model.first_byte_ms),
    order: (model) => model.first_byte_ms ?? -1,
  },
  {
    key: "in-flight",
    head: "In flight",
    width: "90px",
    isRight: true,
    priority: 2,
    cell: (model) => count(model.in_flight.attempts),
    order: (model) => model.in_flight.attempts,
  },
];

const PhoneRow = ({ model }: { model: Model }) => (
  <div className="grid gap-0.5">
    <Name model={model} />
    <div className="flex items-center justify-between gap-3 text-xs text-ink-3">
      <CircuitStatus of={model.circuit} />
      <span className="num">
        {count(model.rates.answered_per_minute)} answered, {count(model.rates.failed_per_minute)}{" "}
        failed per min
      </span>
    </div>
  </div>
);
