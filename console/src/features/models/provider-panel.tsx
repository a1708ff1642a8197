import { Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client";
import { useCan } from "@/api/session";
import { write } from "@/api/write";
import { History } from "@/charts/bars";
import { count, duration, minute, moment, money, NONE, plural, words } from "@/lib/format";
import { Button, buttonClass } from "@/ui/button";
import { review } from "@/ui/change";
import { CircuitStatus } from "@/ui/health";
import { Facts } from "@/ui/panel";
import { SidePanel } from "@/ui/side-panel";
import { ImportDialog } from "./import";
import { kindLabel, kindOf } from "./kinds";
import { limitFacts } from "./limits-fields";
import { Part } from "./part";
import { Errors, ProviderHealthStatus } from "./provider-columns";
import { CredentialAge } from "./provider-credential";
import { ProviderEdit } from "./provider-edit";
import { modelOf, type ProviderRow, queueText } from "./provider-rows";
import { ProviderTest } from "./provider-test";
import type { ModelsSearch, SetSearch } from "./search";

/** A provider: how it does, how it is reached, and what bounds its calls. */
export function ProviderPanel(props: {
  row: ProviderRow;
  search: ModelsSearch;
  set: SetSearch;
  /** It was just added or changed: whether it answers is not known. */
  isFresh: boolean;
  onFresh: (name: string | undefined) => void;
}) {
  const { row, search, set, onFresh } = props;
  const { provider, health } = row;
  const can = useCan();
  const mayWrite = can("providers.write");
  const kind = kindOf(provider.kind);
  const close = () => set({ edit: undefined });
  const editConnection =
    mayWrite && kind?.address !== "none" ? () => set({ edit: "connection" }) : undefined;
  const edit = search.edit;
  return (
    <SidePanel
      label={`Provider ${provider.name}`}
      title={
        <>
          <span dir="auto" className="truncate">
            {provider.name}
          </span>
          <span className="text-xs font-normal">
            <ProviderHealthStatus of={row} />
          </span>
        </>
      }
      onClose={() => set({ sel: undefined, edit: undefined })}
      onEdit={editConnection}
      footer={
        mayWrite && (
          <>
            {row.models !== 0 && (
              <span className="self-center text-xs text-ink-3">
                It can go when its models are gone.
              </span>
            )}
            <Button
              variant="danger"
              className="ml-auto"
              disabled={row.models !== 0}
              onClick={() => review(removal(provider, () => set({ sel: undefined })))}
            >
              Remove
            </Button>
          </>
        )
      }
    >
      <div className="grid gap-4">
        <Facts
          columns={2}
          rows={[
            ["Errors, 24 h", <Errors key="errors" of={row} />],
            ["p95, 24 h", duration(row.day?.latency_ms?.p95)],
            ["Calls, 24 h", row.day ? count(row.day.calls) : NONE],
            ["Spend, 30 d", money(row.month?.cost ?? { amount: "0", currency: row.currency })],
            ["Calls, 30 d", row.month ? count(row.month.calls) : NONE],
            ["Now", queueText(health) ?? NONE],
          ]}
        />
        {health && <Course of={health} />}
        {mayWrite && (
          <ProviderTest
            key={provider.name}
            provider={provider}
            isFresh={props.isFresh}
            onTested={() => onFresh(undefined)}
            set={set}
          />
        )}
        <Part title="Connection" edit={editConnection}>
          <Facts
            rows={[
              ["Kind", kindLabel(provider.kind)],
              [
                "Address",
                <span key="address" className="font-mono text-xs">
                  {provider.base_url ?? kind?.addressExample ?? NONE}
                </span>,
              ],
              provider.region ? ["Region", provider.region] : null,
              provider.api_version ? ["API version", provider.api_version] : null,
              ["Added", moment(provider.created_at)],
            ]}
          />
        </Part>
        {kind?.credential !== "none" && (
          <Part
            title="Credential"
            verb="Replace"
            edit={mayWrite ? () => set({ edit: "credentials" }) : undefined}
          >
            <Facts rows={[["Fingerprint", <CredentialAge key="age" of={provider} />]]} />
          </Part>
        )}
        <Part
          title="Models"
          note={row.models === undefined ? undefined : plural(row.models, "model")}
        >
          <div className="flex flex-wrap gap-2 py-1">
            {can("usage.read") && (
              <Link to="/requests" search={{ provider: provider.name }} className={buttonClass()}>
                Show requests
              </Link>
            )}
            <Button
              onClick={() =>
                set({ tab: "models", provider: provider.name, sel: undefined, edit: undefined })
              }
            >
              Show models
            </Button>
            {can("models.write") && (
              <Button onClick={() => set({ edit: "import" })}>Import from the catalogue</Button>
            )}
          </div>
          {health && health.models.length > 0 && <Circuits of={health.models} />}
        </Part>
        <Part title="Limits" edit={mayWrite ? () => set({ edit: "limits" }) : undefined}>
          <Facts rows={[...limitFacts(provider.limits)]} />
        </Part>
      </div>
      {mayWrite && (edit === "connection" || edit === "credentials" || edit === "limits") && (
        <ProviderEdit
          key={`${provider.name} ${edit}`}
          name={provider.name}
          edit={edit}
          onClose={close}
          onChanged={() => onFresh(provider.name)}
        />
      )}
      {edit === "import" && can("models.write") && (
        <ImportDialog provider={provider} onClose={close} />
      )}
    </SidePanel>
  );
}

const BEAT = { idle: "none", healthy: "ok", degraded: "warn", down: "bad" } as const;

/** The last ninety minutes, a bar each. */
function Course({ of }: { of: Schemas["ProviderHealth"] }) {
  const beats = of.history.map(({ at, status }) => ({
    at,
    tone: BEAT[status],
    title: `${minute(at)} ${words(status)}`,
  }));
  const failing = of.history.filter(({ status }) => status === "down" || status === "degraded");
  return (
    <div className="grid gap-1">
      <History
        label={`The last ${plural(beats.length, "minute")}: ${failing.length} with failures`}
        beats={beats}
      />
      <p className="flex justify-between text-2xs text-ink-3">
        <span>{plural(beats.length, "minute")}</span>
        <span>now</span>
      </p>
    </div>
  );
}

/** Its models that were called within the last minute. */
const Circuits = ({ of }: { of: Schemas["ModelHealth"][] }) => (
  <Facts
    rows={of.map((model) => [
      <span key="name" className="block max-w-44 truncate font-mono text-xs" title={model.name}>
        {modelOf(model.name)}
      </span>,
      <span key="circuit" className="inline-flex items-center gap-3 text-xs">
        {model.first_byte_ms != null && <span>{duration(model.first_byte_ms)}</span>}
        <CircuitStatus of={model.circuit} />
      </span>,
    ])}
  />
);

const hasCredential = (provider: Schemas["Provider"]) => provider.credential_fingerprint != null;

/** How a provider is removed; where it has a credential, that is destroyed for good. */
export const removal = (provider: Schemas["Provider"], onDone: () => void) => ({
  title: `Remove provider ${provider.name}`,
  verb: "Remove",
  done: `Removed provider ${provider.name}`,
  note: (
    <p className="text-sm">
      {hasCredential(provider) && "Its credential is destroyed. "}What it was used for stays known.
    </p>
  ),
  isDangerous: true,
  ...(hasCredential(provider) && { confirm: provider.name, cannotUndo: true }),
  onDone,
  write: write("delete", "/api/platform/ai-management/models/providers/{provider}", {
    params: { path: { provider: provider.name } },
  }),
});
