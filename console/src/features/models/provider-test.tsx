import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { $api, type Schemas } from "@/api/client";
import { modelsQuery } from "@/api/every-page";
import { describe } from "@/api/problem";
import { duration } from "@/lib/format";
import { Button } from "@/ui/button";
import { SelectField } from "@/ui/field";
import { Shape, type Tone } from "@/ui/status";
import { modelOf, providerOf } from "./provider-rows";
import { monthQuery } from "./queries";
import type { SetSearch } from "./search";

/** One short call, and plainly what came of it. Right after a provider was added or changed it is made by itself. */
export function ProviderTest(props: {
  provider: Schemas["Provider"];
  isFresh: boolean;
  onTested: () => void;
  set: SetSearch;
}) {
  const { provider, isFresh, onTested, set } = props;
  const choices = useTestable(provider.name);
  const [chosen, setChosen] = useState<string>();
  const model = chosen ?? choices?.[0];
  const test = $api.useMutation(
    "post",
    "/api/platform/ai-management/models/providers/{provider}/test",
  );
  const run = () =>
    test.mutate({ params: { path: { provider: provider.name } }, body: { model: model ?? null } });
  const latest = useRef(run);
  latest.current = run;
  const isReady = choices !== undefined;
  useEffect(() => {
    if (!isFresh || !isReady) return;
    onTested();
    latest.current();
  }, [isFresh, isReady, onTested]);
  return (
    <section className="panel grid gap-2 p-3">
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <SelectField
            label="Test connection"
            value={model ?? ""}
            disabled={!choices?.length}
            onChange={(event) => setChosen(event.target.value)}
          >
            {choices?.length === 0 && <option value="">It has no model that writes text</option>}
            {choices?.map((name) => (
              <option key={name} value={name}>
                {modelOf(name)}
              </option>
            ))}
          </SelectField>
        </div>
        <Button size="md" disabled={test.isPending || !isReady} onClick={run}>
          {test.isPending ? "Testing" : "Test"}
        </Button>
      </div>
      <div role="status" className="empty:hidden">
        {test.isPending ? (
          <Result tone="info" title="The call is under way" />
        ) : test.error ? (
          <Refused error={test.error} provider={provider.name} set={set} />
        ) : (
          test.data && <Outcome of={test.data} provider={provider.name} set={set} />
        )}
      </div>
      {!test.data && !test.error && !test.isPending && (
        <p className="text-xs text-ink-3">
          One short call through the gateway. It costs what such a call costs.
        </p>
      )}
    </section>
  );
}

/** Models that write text, the one that is called most first. Without calls, the cheapest. */
function useTestable(provider: string): string[] | undefined {
  const models = useQuery(modelsQuery);
  const calls = useQuery(monthQuery("model"));
  return useMemo(() => {
    if (!models.data || calls.isPending) return undefined;
    const called = new Map(
      calls.data?.items.map((sum) => [(sum.group as { model?: string }).model, sum.calls]),
    );
    return testable(models.data, provider, (name) => called.get(name) ?? 0);
  }, [models.data, calls.data, calls.isPending, provider]);
}

export function testable(
  models: Schemas["Model"][],
  provider: string,
  calls: (model: string) => number,
): string[] {
  const cost = (model: Schemas["Model"]) =>
    Number(
      model.prices.find((price) => price.meter === "output_tokens")?.rate_per_million ??
        Number.POSITIVE_INFINITY,
    );
  return models
    .filter(
      (model) => providerOf(model.name) === provider && ["llm", "vision"].includes(model.type),
    )
    .toSorted(
      (one, other) =>
        calls(other.name) - calls(one.name) ||
        Math.sign(cost(one) - cost(other)) ||
        one.name.localeCompare(other.name),
    )
    .map((model) => model.name);
}

function Outcome(props: { of: Schemas["ProviderTest"]; provider: string; set: SetSearch }) {
  const { of, set } = props;
  const where = [
    of.upstream_status != null && `HTTP ${of.upstream_status}`,
    duration(of.latency_ms),
    of.model,
  ];
  const detail = where.filter(Boolean).join(" · ");
  if (of.status === "ok") return <Result tone="ok" title="It answered" detail={detail} />;
  return (
    <Result tone="bad" title={of.problem ?? "It did not answer"} detail={detail}>
      <Button onClick={() => set({ edit: "credentials" })}>Replace credential</Button>
      <Button onClick={() => set({ edit: "connection" })}>Edit connection</Button>
    </Result>
  );
}

function Refused(props: { error: unknown; provider: string; set: SetSearch }) {
  const { title, detail } = describe(props.error);
  return (
    <Result tone="bad" title={title} detail={detail}>
      <Button onClick={() => props.set({ edit: "import" })}>Import from the catalogue</Button>
      <Button
        onClick={() =>
          props.set({ tab: "models", provider: props.provider, sel: undefined, new: true })
        }
      >
        Add a model
      </Button>
    </Result>
  );
}

function Result(props: { tone: Tone; title: string; detail?: string; children?: ReactNode }) {
  return (
    <div className="grid gap-2 border-t border-line pt-2">
      <div className="flex items-start gap-2">
        <Shape tone={props.tone} className="mt-1.5" />
        <div className="min-w-0">
          <p className="text-sm font-medium [overflow-wrap:anywhere]">{props.title}</p>
          {props.detail && (
            <p className="num text-xs text-ink-3 [overflow-wrap:anywhere]">{props.detail}</p>
          )}
        </div>
      </div>
      {props.children && <div className="flex flex-wrap gap-2">{props.children}</div>}
    </div>
  );
}
