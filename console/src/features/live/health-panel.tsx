import type { ReactNode } from "react";
import type { Schemas } from "@/api/client";
import { History } from "@/charts/bars";
import { cx } from "@/lib/cx";
import { count, day, minute, words } from "@/lib/format";
import { usePhone } from "@/lib/use-media";
import { type Health, HealthStatus } from "@/ui/health";
import { Panel } from "@/ui/panel";
import { beats, spoken } from "./beats";

const MINUTES = 90;
/** Bars of a phone are wide enough to be told apart. */
const PHONE_MINUTES = 45;

/** How each part of the program and each provider is and was. */
export function HealthPanel(props: {
  checks: Schemas["HealthCheck"][] | undefined;
  checksState: ReactNode;
  providers: Schemas["ProviderHealth"][];
  selected: string | undefined;
  onSelect: (provider: string) => void;
  now: number;
}) {
  const { checks, providers, now } = props;
  const minutes = usePhone() ? PHONE_MINUTES : MINUTES;
  return (
    <Panel title="Health" note={`Last ${minutes} minutes, a bar each`}>
      <Heading>Glaux</Heading>
      {checks ? (
        <ul className="divide-y divide-line">
          {checks.map((check) => (
            <li key={check.name}>
              <Line
                name={words(check.name)}
                detail={check.problem ?? `checked in ${check.latency_ms || "under 1"} ms`}
                since={check.since}
                {...{ status: check.status, history: check.history, minutes, now }}
              />
            </li>
          ))}
        </ul>
      ) : (
        props.checksState
      )}
      <Heading>Providers</Heading>
      {providers.length === 0 && (
        <p className="px-3 py-3 text-sm text-ink-3">No provider has models yet.</p>
      )}
      <ul className="divide-y divide-line">
        {worstFirst(providers).map((provider) => (
          <li key={provider.id}>
            <button
              type="button"
              aria-pressed={provider.name === props.selected}
              onClick={() => props.onSelect(provider.name)}
              className={cx(
                "block w-full text-left focus-visible:outline-offset-[-2px]",
                provider.name === props.selected ? "bg-selected" : "hover:bg-hover",
              )}
            >
              <Line
                name={provider.name}
                detail={detailOf(provider)}
                {...{ status: provider.status, history: provider.history, minutes, now }}
              />
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const FAILING: Partial<Record<Health, number>> = { down: 0, degraded: 1 };
const worstFirst = (providers: Schemas["ProviderHealth"][]) =>
  providers.toSorted((one, other) => (FAILING[one.status] ?? 2) - (FAILING[other.status] ?? 2));

function detailOf({ rates, models }: Schemas["ProviderHealth"]): string {
  const { answered_per_minute: answered, failed_per_minute: failed } = rates;
  const cut = models.filter((model) => model.circuit !== "closed");
  if (failed > 0)
    return `${count(failed)} of ${count(answered + failed)} failed in the last minute`;
  if (cut.length > 0) return `${cut.map((model) => model.name).join(", ")} cut off`;
  return answered > 0
    ? `${count(answered)} answered in the last minute`
    : "nothing tried in the last minute";
}

const DAY = 86_400_000;
const sinceWords = (since: string, now: number) =>
  `since ${now - Date.parse(since) < DAY ? minute(since) : day(since)}`;

const Heading = ({ children }: { children: ReactNode }) => (
  <h3 className="border-b border-line bg-sunken px-3 py-1 text-2xs font-medium text-ink-3 not-first:border-t">
    {children}
  </h3>
);

function Line(props: {
  name: string;
  detail: string;
  status: Health;
  since?: string;
  history: Schemas["HealthMinute"][];
  minutes: number;
  now: number;
}) {
  const bars = beats(props.history, props.status, props.now, props.minutes);
  return (
    <span className="grid min-h-11 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-3 py-2 md:grid-cols-[minmax(0,260px)_minmax(0,1fr)_120px]">
      <span className="min-w-0">
        <span className="block truncate text-sm font-medium" title={props.name} dir="auto">
          {props.name}
        </span>
        <span
          className={cx(
            "block truncate text-xs",
            props.status === "down" ? "text-bad" : "text-ink-3",
          )}
          title={props.detail}
        >
          {props.detail}
        </span>
      </span>
      <span className="max-md:order-last max-md:col-span-2">
        <History label={spoken(props.name, bars)} beats={bars} />
      </span>
      <span className="text-right text-sm md:text-left">
        <HealthStatus of={props.status} />
        {props.since && props.status !== "idle" && (
          <span className="num block text-xs text-ink-3">{sinceWords(props.since, props.now)}</span>
        )}
      </span>
    </span>
  );
}
