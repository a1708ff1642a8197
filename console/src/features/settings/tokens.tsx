import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useCan } from "@/api/session";
import { write } from "@/api/write";
import { ago, date, moment } from "@/lib/format";
import { useNow } from "@/lib/use-now";
import type { Column } from "@/tables/column";
import { DataTable } from "@/tables/data-table";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { Panel } from "@/ui/panel";
import { SecretDialog, type ShownOnce } from "@/ui/secret-dialog";
import { Denied, Empty, Loaded, SkeletonRows } from "@/ui/states";
import { Status } from "@/ui/status";
import { IssueToken } from "./issue-token";
import { type Token, tokensQuery } from "./queries";
import { ROLES } from "./roles";

/** What programs call the management API with. */
export function Tokens(props: { isIssuing: boolean; onIssue: (isIssuing: boolean) => void }) {
  const can = useCan();
  const tokens = useQuery({ ...tokensQuery, enabled: can("tokens.read") });
  const [secret, setSecret] = useState<ShownOnce | null>(null);
  const now = useNow(60_000);
  if (!can("tokens.read")) return <Denied what="Service tokens" />;
  const canWrite = can("tokens.write");
  const issue = canWrite && (
    <Button variant="primary" onClick={() => props.onIssue(true)}>
      Issue token
    </Button>
  );
  return (
    <>
      <Panel title="Service tokens" note="for programs" actions={issue}>
        <Loaded query={tokens} what="Service tokens" skeleton={<SkeletonRows rows={4} />}>
          {(all) => (
            <DataTable
              label="Service tokens"
              rows={all}
              rowKey={(token) => token.id}
              columns={columns(now, canWrite)}
              phoneRow={(token) => <PhoneRow token={token} now={now} canWrite={canWrite} />}
              empty={
                <Empty title="No service token is issued" action={issue}>
                  A script, a pipeline or a monitor calls the management API with one.
                </Empty>
              }
            />
          )}
        </Loaded>
      </Panel>
      {props.isIssuing && canWrite && (
        <IssueToken onClose={() => props.onIssue(false)} onSecret={setSecret} />
      )}
      {secret && <SecretDialog of="token" secret={secret} onClose={() => setSecret(null)} />}
    </>
  );
}

const columns = (now: number, canWrite: boolean): Column<Token>[] => [
  {
    key: "name",
    head: "Name",
    width: "1fr",
    priority: 1,
    order: (token) => token.name.toLowerCase(),
    cell: (token) => (
      <span dir="auto" title={token.name} className="block max-w-56 truncate font-medium">
        {token.name}
      </span>
    ),
  },
  {
    key: "role",
    head: "Role",
    width: "130px",
    priority: 1,
    order: (token) => ROLES[token.role].word,
    cell: (token) => <span title={ROLES[token.role].does}>{ROLES[token.role].word}</span>,
  },
  {
    key: "shown",
    head: "Token",
    width: "150px",
    priority: 2,
    cell: (token) => <code className="font-mono text-xs text-ink-2">{token.shown}</code>,
  },
  {
    key: "created",
    head: "Issued",
    width: "110px",
    priority: 3,
    isRight: true,
    order: (token) => token.created_at,
    cell: (token) => (
      <time dateTime={token.created_at} title={moment(token.created_at)}>
        {ago(token.created_at, now)}
      </time>
    ),
  },
  {
    key: "state",
    head: "State",
    width: "170px",
    priority: 1,
    cell: (token) => <State token={token} now={now} />,
  },
  {
    key: "revoke",
    head: <span className="sr-only">Revoke</span>,
    width: "84px",
    priority: 1,
    isRight: true,
    cell: (token) => <Revoke token={token} now={now} canWrite={canWrite} />,
  },
];

/** Whether it opens anything now. */
export function stateOf(token: Token, now: number): "revoked" | "ended" | "valid" {
  if (token.revoked_at) return "revoked";
  return token.expires_at && Date.parse(token.expires_at) <= now ? "ended" : "valid";
}

function State({ token, now }: { token: Token; now: number }) {
  const state = stateOf(token, now);
  if (state === "revoked")
    return <Status tone="mute">Revoked {token.revoked_at && date(token.revoked_at)}</Status>;
  if (state === "ended")
    return <Status tone="mute">Ended {token.expires_at && date(token.expires_at)}</Status>;
  return (
    <Status tone="ok">{token.expires_at ? `Until ${date(token.expires_at)}` : "No end"}</Status>
  );
}

type InRow = { token: Token; now: number; canWrite: boolean };

function Revoke({ token, now, canWrite }: InRow) {
  if (!canWrite || stateOf(token, now) !== "valid") return null;
  return (
    <Button aria-label={`Revoke token ${token.name}`} onClick={() => revoke(token)}>
      Revoke
    </Button>
  );
}

const PhoneRow = (props: InRow) => (
  <span className="flex items-center gap-3">
    <span className="grid min-w-0 flex-1 grid-cols-1 gap-0.5">
      <span dir="auto" className="truncate font-medium">
        {props.token.name}
      </span>
      <span className="flex flex-wrap items-center gap-x-3 text-xs text-ink-3">
        {ROLES[props.token.role].word} <State {...props} />
      </span>
    </span>
    <Revoke {...props} />
  </span>
);

const revoke = (token: Token) =>
  review({
    title: `Revoke token ${token.name}`,
    verb: "Revoke",
    done: `Revoked token ${token.name}`,
    isDangerous: true,
    cannotUndo: true,
    confirm: token.name,
    note: (
      <p className="text-sm text-ink-2">
        The next request with {token.shown} is refused. {ROLES[token.role].word}:{" "}
        {ROLES[token.role].does}
      </p>
    ),
    write: write("post", "/api/auth/tokens/{token}/revoke", {
      params: { path: { token: token.id } },
    }),
  });
