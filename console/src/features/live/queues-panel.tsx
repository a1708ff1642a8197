import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { providersQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { Meter } from "@/charts/bars";
import { count, plural } from "@/lib/format";
import { Panel } from "@/ui/panel";

/** How full each provider's places are, and how many calls wait for one. */
export function QueuesPanel({ providers }: { providers: Schemas["ProviderHealth"][] }) {
  const mayRead = useCan()("models.read");
  const accounts = useQuery({ ...providersQuery, enabled: mayRead });
  const queued = providers.filter((provider) => provider.queue);
  return (
    <Panel title="Queues" note="by provider">
      {queued.length === 0 ? (
        <p className="px-3 py-4 text-sm text-ink-3">
          No calls wait. A provider has a queue once it has a bound on calls at once and is called.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {queued.map((provider) => (
            <Lane
              key={provider.id}
              provider={provider}
              limits={accounts.data?.find((one) => one.id === provider.id)?.limits}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Lane(props: {
  provider: Schemas["ProviderHealth"];
  limits: Schemas["ProviderLimits"] | undefined;
}) {
  const { name, queue } = props.provider;
  if (!queue) return null;
  const places = props.limits?.concurrency;
  const room = props.limits?.queue;
  const isFull = room != null && room > 0 && queue.waiting >= room;
  return (
    <li className="grid gap-1.5 px-3 py-2.5">
      <span className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 truncate text-sm font-medium" title={name} dir="auto">
          {name}
        </span>
        <span className="num shrink-0 text-sm">
          {count(queue.waiting)} <span className="text-xs text-ink-3">waiting</span>
        </span>
      </span>
      {places != null && places > 0 && (
        <Meter
          label={`Places of ${name}`}
          share={queue.in_flight / places}
          tone={isFull ? "bad" : queue.waiting > 0 ? "warn" : "ok"}
        />
      )}
      <span className="num text-xs text-ink-3">
        {places == null
          ? plural(queue.in_flight, "attempt")
          : `${count(queue.in_flight)} of ${plural(places, "place")}`}
        {room != null && `, room for ${count(room)} to wait`}
      </span>
    </li>
  );
}
