import { compact, duration, money, NONE, percent } from "@/lib/format";
import type { Column } from "@/tables/column";
import { HEALTH_TONE, HealthStatus } from "@/ui/health";
import { Status } from "@/ui/status";
import { kindLabel } from "./kinds";
import { CredentialAge } from "./provider-credential";
import { errorShare, type ProviderRow, queueText } from "./provider-rows";

const zero = (currency: string) => ({ amount: "0", currency });

/** More than this share of failed calls is worth a colour. */
const MANY = 0.02;

export const Errors = ({ of }: { of: ProviderRow }) => {
  const share = errorShare(of.day);
  if (share === undefined) return <span className="text-ink-3">{NONE}</span>;
  return <span className={share > MANY ? "font-medium text-bad" : ""}>{percent(share)}</span>;
};

export const ProviderHealthStatus = ({ of }: { of: ProviderRow }) =>
  of.health ? <HealthStatus of={of.health.status} /> : <Status tone="mute">Not known</Status>;

export const providerColumns: Column<ProviderRow>[] = [
  {
    key: "name",
    head: "Provider",
    width: "minmax(160px,1fr)",
    priority: 1,
    order: (row) => row.provider.name,
    cell: ({ provider }) => (
      <span dir="auto" title={provider.name} className="block max-w-64 truncate font-medium">
        {provider.name}
      </span>
    ),
  },
  {
    key: "kind",
    head: "Kind",
    width: "150px",
    priority: 2,
    order: (row) => row.provider.kind,
    cell: ({ provider }) => <span className="text-ink-2">{kindLabel(provider.kind)}</span>,
  },
  {
    key: "health",
    head: "Health",
    width: "110px",
    priority: 1,
    order: (row) => Object.keys(HEALTH_TONE).indexOf(row.health?.status ?? "idle"),
    cell: (row) => <ProviderHealthStatus of={row} />,
  },
  {
    key: "p95",
    head: "p95, 24 h",
    width: "100px",
    isRight: true,
    priority: 2,
    order: (row) => row.day?.latency_ms?.p95 ?? -1,
    cell: (row) => duration(row.day?.latency_ms?.p95),
  },
  {
    key: "errors",
    head: "Errors, 24 h",
    width: "110px",
    isRight: true,
    priority: 2,
    order: (row) => errorShare(row.day) ?? -1,
    cell: (row) => <Errors of={row} />,
  },
  {
    key: "spend",
    head: "Spend, 30 d",
    width: "110px",
    isRight: true,
    priority: 1,
    order: (row) => Number(row.month?.cost.amount ?? 0),
    cell: (row) => money(row.month?.cost ?? zero(row.currency)),
  },
  {
    key: "calls",
    head: "Calls, 30 d",
    width: "100px",
    isRight: true,
    priority: 3,
    order: (row) => row.month?.calls ?? 0,
    cell: (row) => compact(row.month?.calls ?? 0),
  },
  {
    key: "queue",
    head: "Now",
    width: "150px",
    isRight: true,
    priority: 2,
    cell: ({ health }) => queueText(health) ?? NONE,
  },
  {
    key: "models",
    head: "Models",
    width: "80px",
    isRight: true,
    priority: 3,
    order: (row) => row.models ?? 0,
    cell: ({ models }) => (models === undefined ? NONE : compact(models)),
  },
  {
    key: "credential",
    head: "Credential",
    width: "180px",
    priority: 3,
    order: ({ provider }) => provider.credentials_set_at ?? "",
    cell: ({ provider }) => <CredentialAge of={provider} />,
  },
];

export const ProviderPhoneRow = (row: ProviderRow) => (
  <div className="grid gap-0.5">
    <div className="flex items-center justify-between gap-3">
      <span dir="auto" className="min-w-0 truncate font-medium">
        {row.provider.name}
      </span>
      <ProviderHealthStatus of={row} />
    </div>
    <div className="num flex items-center gap-3 text-xs text-ink-3">
      <span className="truncate">{kindLabel(row.provider.kind)}</span>
      <span className="ml-auto inline-flex shrink-0 gap-1">
        <Errors of={row} /> errors
      </span>
      <span className="shrink-0">{money(row.month?.cost ?? zero(row.currency))}</span>
    </div>
  </div>
);
