import { lazy, Suspense } from "react";
import type { Schemas } from "@/api/client";
import { useCan } from "@/api/session";
import { write } from "@/api/write";
import type { Environment } from "@/lib/environment";
import { moment, NONE } from "@/lib/format";
import { works } from "@/lib/keys";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { CopyButton } from "@/ui/copy";
import { EnvironmentName, InProduction } from "@/ui/environment";
import { Gate } from "@/ui/gate";
import { Facts } from "@/ui/panel";
import type { ShownOnce } from "@/ui/secret-dialog";
import { SidePanel } from "@/ui/side-panel";
import { Skeleton } from "@/ui/states";
import { Tag } from "@/ui/status";
import { KeyStatus, LastUsed } from "./columns";
import { EditKey } from "./edit";
import { RotateKey } from "./rotate";
import type { KeyRow } from "./rows";
import type { KeysSearch } from "./search";
import { limitsText } from "./state";

const Use = lazy(() => import("./use"));

/** A key: what it may do, what it was used for, and how it ends. */
export function KeyPanel(props: {
  row: KeyRow;
  search: KeysSearch;
  set: (part: Partial<KeysSearch>) => void;
  onSecret: (secret: ShownOnce) => void;
}) {
  const { row, search, set } = props;
  const { key } = row;
  const can = useCan();
  const mayWrite = can("keys.write") && works(key);
  const closeEdit = () => set({ edit: undefined });
  return (
    <SidePanel
      label={`Key ${key.name}`}
      title={
        <>
          <span dir="auto" className="truncate">
            {key.name}
          </span>
          <span className="text-xs font-normal">
            <KeyStatus of={key} />
          </span>
        </>
      }
      onClose={() => set({ sel: undefined, edit: undefined })}
      onEdit={mayWrite ? () => set({ edit: "access" }) : undefined}
      footer={
        mayWrite && (
          <>
            <Button onClick={() => set({ edit: "rotate" })}>Rotate</Button>
            <Button onClick={() => set({ edit: "access" })}>Edit</Button>
            <Button variant="danger" className="ml-auto" onClick={() => review(revocation(key))}>
              Revoke
            </Button>
          </>
        )
      }
    >
      <div className="grid gap-4">
        <Facts
          rows={[
            [
              "Begins and ends",
              <span key="shown" className="inline-flex items-center gap-1 font-mono text-xs">
                {key.shown}
              </span>,
            ],
            [
              "Environment",
              <EnvironmentName key="environment" of={key.environment as Environment} />,
            ],
            [
              "Application",
              <span key="application" dir="auto">
                {row.application}
              </span>,
            ],
            ["Issued", moment(key.created_at)],
            ["Last used", <LastUsed key="used" of={key} />],
            ["Expires", key.expires_at ? moment(key.expires_at) : "Never"],
            key.revoked_at ? ["Revoked", moment(key.revoked_at)] : null,
            [
              "Id",
              <span key="id" className="inline-flex items-center gap-1 font-mono text-xs">
                {key.id}
                <CopyButton text={key.id} label="Copy id" />
              </span>,
            ],
          ]}
        />
        <Gate permission="usage.read">
          <Suspense fallback={<Skeleton className="h-60" />}>
            <Use of={key} />
          </Suspense>
        </Gate>
        <section className="grid gap-2">
          <h2 className="text-sm font-semibold">Access</h2>
          <Names label="Features" names={key.features} />
          <Names label="Models without a feature" names={key.models} />
          <Names label="Only from" names={key.ip_allow} none="Anywhere" />
          <Names label="Never from" names={key.ip_deny} none="Nowhere" />
        </section>
        <section>
          <h2 className="text-sm font-semibold">Limits</h2>
          <Facts
            rows={[
              ["All calls", limitsText(key.limits) ?? "No bound"],
              ["Each end user", limitsText(key.user_limits) ?? "No bound"],
            ]}
          />
        </section>
      </div>
      {mayWrite && search.edit === "access" && <EditKey latest={key} onClose={closeEdit} />}
      {mayWrite && search.edit === "rotate" && (
        <RotateKey of={key} onClose={closeEdit} onSecret={props.onSecret} />
      )}
    </SidePanel>
  );
}

function Names({ label, names, none = NONE }: { label: string; names: string[]; none?: string }) {
  return (
    <div className="grid gap-1">
      <div className="text-xs text-ink-3">{label}</div>
      <div className="flex flex-wrap gap-1">
        {names.length === 0
          ? none
          : names.map((name) => (
              <Tag key={name}>
                <span dir="auto" className="max-w-80 truncate" title={name}>
                  {name === "*" ? "All" : name}
                </span>
              </Tag>
            ))}
      </div>
    </div>
  );
}

const WHAT_REVOKING_DOES = "The next call with it is refused, and a revoked key stays revoked.";

const revocation = (key: Schemas["Key"]) => ({
  title: `Revoke key ${key.name}`,
  verb: "Revoke",
  done: `Revoked key ${key.name}`,
  note:
    key.environment === "production" ? (
      <InProduction>{WHAT_REVOKING_DOES}</InProduction>
    ) : (
      <p className="text-sm">{WHAT_REVOKING_DOES}</p>
    ),
  confirm: key.name,
  isDangerous: true,
  cannotUndo: true,
  write: write("post", "/api/platform/ai-management/keys/{key}/revoke", {
    params: { path: { key: key.id } },
  }),
});
