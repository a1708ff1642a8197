import type { Environment } from "@/lib/environment";
import { ago, compact, day, moment, money, NONE } from "@/lib/format";
import type { Column } from "@/tables/column";
import { EnvironmentName } from "@/ui/environment";
import { Status } from "@/ui/status";
import type { KeyRow } from "./rows";
import { limitsText, STATE, scopeText, stateOf } from "./state";

export function KeyStatus({ of }: { of: KeyRow["key"] }) {
  const { tone, label } = STATE[stateOf(of)];
  return <Status tone={tone}>{label}</Status>;
}

/** How long ago the last call came: a key that nobody uses can go. */
export const LastUsed = ({ of }: { of: KeyRow["key"] }) =>
  of.last_used_at ? (
    <time dateTime={of.last_used_at} title={moment(of.last_used_at)} className="whitespace-nowrap">
      {ago(of.last_used_at)}
    </time>
  ) : (
    <span className="text-ink-3">Never</span>
  );

const Short = ({ text }: { text: string | undefined }) =>
  text ? (
    <span dir="auto" title={text} className="block max-w-44 truncate">
      {text}
    </span>
  ) : (
    <span className="text-ink-3">{NONE}</span>
  );

export const columns: Column<KeyRow>[] = [
  {
    key: "name",
    head: "Name",
    width: "minmax(140px,1fr)",
    priority: 1,
    order: ({ key }) => key.name,
    cell: ({ key }) => (
      <span dir="auto" title={key.name} className="block max-w-64 truncate font-medium">
        {key.name}
      </span>
    ),
  },
  {
    key: "shown",
    head: "Begins and ends",
    width: "140px",
    priority: 2,
    cell: ({ key }) => <span className="font-mono text-xs text-ink-2">{key.shown}</span>,
  },
  {
    key: "environment",
    head: "Environment",
    width: "120px",
    priority: 1,
    order: ({ key }) => key.environment,
    cell: ({ key }) => <EnvironmentName of={key.environment as Environment} />,
  },
  {
    key: "application",
    head: "Application",
    width: "120px",
    priority: 3,
    order: ({ application }) => application,
    cell: ({ application }) => <Short text={application} />,
  },
  {
    key: "features",
    head: "Features",
    width: "140px",
    priority: 2,
    cell: ({ key }) => <Short text={scopeText(key.features)} />,
  },
  {
    key: "models",
    head: "Models",
    width: "120px",
    priority: 3,
    cell: ({ key }) => <Short text={scopeText(key.models)} />,
  },
  {
    key: "limits",
    head: "Limits",
    width: "160px",
    priority: 3,
    cell: ({ key }) => <Short text={limitsText(key.limits)} />,
  },
  {
    key: "calls",
    head: "Calls, 30 d",
    width: "100px",
    isRight: true,
    priority: 2,
    order: ({ calls }) => calls ?? -1,
    cell: ({ calls }) => (calls === undefined ? NONE : compact(calls)),
  },
  {
    key: "cost",
    head: "Spend, 30 d",
    width: "110px",
    isRight: true,
    priority: 1,
    order: ({ cost }) => Number(cost?.amount ?? -1),
    cell: ({ cost }) => money(cost),
  },
  {
    key: "used",
    head: "Last used",
    width: "100px",
    isRight: true,
    priority: 2,
    order: ({ key }) => key.last_used_at ?? "",
    cell: ({ key }) => <LastUsed of={key} />,
  },
  {
    key: "expires",
    head: "Expires",
    width: "90px",
    isRight: true,
    priority: 3,
    order: ({ key }) => key.expires_at ?? "9",
    cell: ({ key }) =>
      key.expires_at ? (
        <time dateTime={key.expires_at} title={moment(key.expires_at)}>
          {day(key.expires_at)}
        </time>
      ) : (
        <span className="text-ink-3">Never</span>
      ),
  },
  {
    key: "state",
    head: "State",
    width: "110px",
    priority: 1,
    order: ({ key }) => stateOf(key),
    cell: ({ key }) => <KeyStatus of={key} />,
  },
];

export const PhoneRow = ({ key, cost }: KeyRow) => (
  <div className="grid gap-0.5">
    <div className="flex items-center justify-between gap-3">
      <span dir="auto" className="min-w-0 truncate font-medium">
        {key.name}
      </span>
      <KeyStatus of={key} />
    </div>
    <div className="num flex items-center gap-3 text-xs text-ink-3">
      <EnvironmentName of={key.environment as Environment} />
      <span className="truncate font-mono">{key.shown}</span>
      <span className="ml-auto">{money(cost)}</span>
    </div>
  </div>
);
