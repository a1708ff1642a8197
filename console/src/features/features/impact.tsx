import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { $api, type Schemas } from "@/api/client";
import { describe } from "@/api/problem";
import { useCan } from "@/api/session";
import type { Environment } from "@/lib/environment";
import { amountOf, count, duration, money, plural } from "@/lib/format";
import { Delta } from "@/ui/stat";
import { Skeleton } from "@/ui/states";

type Impact = Schemas["Impact"];
type Switch = { feature: string; environment: Environment; model: string };

const DAYS = 7;

const impactQuery = (body: Switch) =>
  $api.queryOptions("post", "/api/platform/ai-management/spending/impact", {
    body: { ...body, days: DAYS },
  });

/** What the feature's calls of the last days would have cost at the model that is to serve it. */
export function SwitchImpact(asked: Switch) {
  const isAllowed = useCan()("spending.read");
  const impact = useQuery({ ...impactQuery(asked), enabled: isAllowed });
  if (!isAllowed) return null;
  if (impact.isPending) return <Skeleton className="h-[118px]" />;
  if (impact.error)
    return (
      <p className="text-xs text-ink-3">
        What it would have cost could not be read: {describe(impact.error).title}
      </p>
    );
  const found = impact.data;
  if (found.calls === 0)
    return (
      <p className="text-xs text-ink-3">
        No calls of the last {DAYS} days show what the switch would cost.
      </p>
    );
  const share = amountOf(found.difference) / amountOf(found.before);
  return (
    <section aria-label="What the switch would have meant" className="grid gap-1.5 text-xs">
      <h3 className="font-medium text-ink-2">
        {plural(found.calls, "call")} of the last {DAYS} days, at today's prices of {asked.model}
      </h3>
      <dl className="grid gap-px overflow-hidden rounded-md border border-line bg-line sm:grid-cols-2">
        <Figure label="Cost" before={money(found.before)} after={money(found.after)}>
          <span className="text-ink-3">{difference(found)}</span>
          <Delta share={share} goodWhen="down" />
        </Figure>
        <Figure
          label="A call"
          before={money(found.per_call_before)}
          after={money(found.per_call_after)}
        />
        <Figure
          label="Half within"
          before={duration(found.latency_ms_before?.p50)}
          after={duration(found.latency_ms_after?.p50)}
        />
        <Figure
          label="95% within"
          before={duration(found.latency_ms_before?.p95)}
          after={duration(found.latency_ms_after?.p95)}
        />
      </dl>
      <ul className="grid gap-0.5 text-ink-3">
        {reservations(found).map((text) => (
          <li key={text} className="first-letter:uppercase">
            {text}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Figure(props: { label: string; before: string; after: string; children?: ReactNode }) {
  return (
    <div className="grid content-start bg-surface px-2.5 py-1.5">
      <dt className="text-ink-3">{props.label}</dt>
      <dd className="num flex flex-wrap items-baseline gap-x-1.5">
        <span className="sr-only">before </span>
        <span className="text-ink-3">{props.before}</span>
        <span aria-hidden className="text-ink-3">
          →
        </span>
        <span className="sr-only">after </span>
        <span className="font-semibold">{props.after}</span>
        {props.children}
      </dd>
    </div>
  );
}

/** `+$0.40`, `-$3.00` */
export const difference = (found: Pick<Impact, "difference">) =>
  `${amountOf(found.difference) > 0 ? "+" : ""}${money(found.difference)}`;

/** What the reader should know before he believes the figures. */
export function reservations(found: Impact): string[] {
  return [
    found.sampled && `These are the youngest: ${count(found.attempts)} attempts of more.`,
    found.unpriced > 0 &&
      `${plural(found.unpriced, "attempt")} used what the model has no price for: it would cost more.`,
    ...found.limits.map((limit) => `${limit}.`),
  ].filter((text) => text !== false);
}
