import { useQuery } from "@tanstack/react-query";
import { healthQuery } from "@/api/operations";
import { useCan, useMe } from "@/api/session";
import { moment, timeZone } from "@/lib/format";
import { buttonClass } from "@/ui/button";
import { HealthStatus } from "@/ui/health";
import { Facts, Panel } from "@/ui/panel";
import { Loaded, SkeletonRows } from "@/ui/states";

/** Whether the program works, who looks at it, and where it is described. */
export function About() {
  const me = useMe();
  return (
    <div className="grid gap-3">
      {useCan()("operations.read") && <Checks />}
      <Panel title="You" bodyClass="px-3 py-1">
        <Facts
          rows={[
            ["Signed in as", <bdi key="name">{me.name}</bdi>],
            [
              "Id",
              <code key="id" className="font-mono text-xs">
                {me.actor}
              </code>,
            ],
            [
              "Rights",
              me.permissions.includes("*")
                ? "All, in every organization"
                : me.permissions.join(", "),
            ],
            ["Times are shown in", timeZone()],
          ]}
        />
      </Panel>
      <Panel title="API" bodyClass="flex flex-wrap gap-2 p-3">
        <a href="/api/docs" target="_blank" rel="noreferrer" className={buttonClass()}>
          Read the API’s description
        </a>
        <a href="/api/openapi.json" target="_blank" rel="noreferrer" className={buttonClass()}>
          Open openapi.json
        </a>
      </Panel>
    </div>
  );
}

function Checks() {
  const health = useQuery(healthQuery);
  return (
    <Panel
      title="Health"
      actions={health.data && <HealthStatus of={health.data.status} />}
      bodyClass="px-3 py-1"
    >
      <Loaded query={health} what="Health" skeleton={<SkeletonRows rows={3} />}>
        {({ checks }) => (
          <ul className="text-sm">
            {checks.map((check) => (
              <li
                key={check.name}
                className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-0.5 border-b border-line py-1 last:border-0"
              >
                <span className="w-32 font-medium first-letter:uppercase">{check.name}</span>
                <HealthStatus of={check.status} />
                <span className="min-w-0 flex-1 text-ink-2 [overflow-wrap:anywhere]">
                  {check.problem}
                </span>
                <span className="num text-xs text-ink-3">
                  since {moment(check.since)} · checked in {check.latency_ms || "under 1"} ms
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}
