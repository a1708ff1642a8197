import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Schemas } from "@/api/client";
import { assignmentsQuery, featuresQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { count, duration, words } from "@/lib/format";
import { useEnvironment } from "@/lib/use-environment";
import { Button, buttonClass } from "@/ui/button";
import { EnvironmentName } from "@/ui/environment";
import { Gate } from "@/ui/gate";
import { CircuitStatus, HealthStatus } from "@/ui/health";
import { Facts } from "@/ui/panel";
import { SidePanel } from "@/ui/side-panel";
import { Failure, SkeletonRows } from "@/ui/states";
import { Tag } from "@/ui/status";
import { FeatureSwitch } from "./feature-switch";
import type { LiveSearch } from "./search";
import { usesOf } from "./uses";

type Props = {
  name: string;
  provider: Schemas["ProviderHealth"] | undefined;
  go: (part: LiveSearch) => void;
  onClose: () => void;
};

/** A provider, its models, and the features that depend on it. */
export function ProviderPanel({ name, provider, go, onClose }: Props) {
  return (
    <SidePanel
      label={`Provider ${name}`}
      title={
        <>
          <span className="truncate" title={name} dir="auto">
            {name}
          </span>
          {provider && (
            <span className="text-xs font-normal">
              <HealthStatus of={provider.status} />
            </span>
          )}
        </>
      }
      onClose={onClose}
      footer={
        <>
          <Gate permission="usage.read">
            <Link
              to="/requests"
              search={{ provider: name, status: "error" }}
              className={buttonClass()}
            >
              Failed requests
            </Link>
          </Gate>
          <Gate permission="models.read">
            <Link to="/models" search={{ sel: name }} className={buttonClass()}>
              Settings
            </Link>
          </Gate>
        </>
      }
    >
      {provider ? (
        <div className="grid gap-5">
          <Facts
            rows={[
              ["Kind", provider.kind],
              ["Answered in the last minute", count(provider.rates.answered_per_minute)],
              ["Failed in the last minute", count(provider.rates.failed_per_minute)],
              provider.queue ? ["In flight", count(provider.queue.in_flight)] : null,
              provider.queue ? ["Waiting", count(provider.queue.waiting)] : null,
            ]}
          />
          <Models models={provider.models} />
          <Dependents provider={name} go={go} />
        </div>
      ) : (
        <p className="text-sm text-ink-3">No provider with models is called so.</p>
      )}
    </SidePanel>
  );
}

const Models = ({ models }: { models: Schemas["ModelHealth"][] }) => (
  <section className="grid gap-1">
    <h3 className="text-xs font-medium text-ink-2">Models</h3>
    {models.length === 0 && (
      <p className="text-sm text-ink-3">None was called in the last minute.</p>
    )}
    <ul className="divide-y divide-line">
      {models.map((model) => (
        <li key={model.id} className="grid gap-0.5 py-2">
          <span className="flex items-center justify-between gap-3">
            <span className="min-w-0 truncate font-mono text-xs" title={model.name}>
              {model.name.slice(model.name.indexOf("/") + 1)}
            </span>
            <span className="text-xs">
              <CircuitStatus of={model.circuit} />
            </span>
          </span>
          <span className="num text-xs text-ink-3">
            {count(model.rates.answered_per_minute)} answered,{" "}
            {count(model.rates.failed_per_minute)} failed per min
            {model.first_byte_ms != null && `, first byte after ${duration(model.first_byte_ms)}`}
          </span>
        </li>
      ))}
    </ul>
  </section>
);

/** Who is hurt when it fails, and what can be done for them. */
function Dependents({ provider, go }: { provider: string; go: Props["go"] }) {
  const can = useCan();
  const [environment] = useEnvironment();
  const features = useQuery({ ...featuresQuery, enabled: can("features.read") });
  const assignments = useQuery({ ...assignmentsQuery(environment), enabled: can("features.read") });
  const uses = useMemo(
    () => usesOf(provider, assignments.data ?? [], features.data ?? []),
    [provider, assignments.data, features.data],
  );
  const failed = [features, assignments].find((query) => query.error && !query.data);
  if (!can("features.read")) return null;
  return (
    <section className="grid gap-1">
      <h3 className="flex items-center justify-between text-xs font-medium text-ink-2">
        <span>Features that use it</span>
        <EnvironmentName of={environment} />
      </h3>
      {failed && <Failure error={failed.error} what="Features" />}
      {(features.isLoading || assignments.isLoading) && <SkeletonRows rows={2} />}
      {assignments.data && features.data && uses.length === 0 && (
        <p className="text-sm text-ink-3">No feature uses it in {words(environment)}.</p>
      )}
      <ul className="divide-y divide-line">
        {uses.map(({ feature, role, others }) => (
          <li key={feature.id} className="grid gap-2 py-2.5">
            <span className="flex items-center gap-2">
              <span className="min-w-0 truncate text-sm font-medium" title={feature.name}>
                {feature.name}
              </span>
              {feature.status !== "active" && <Tag>{words(feature.status)}</Tag>}
              <span className="ml-auto shrink-0 text-xs text-ink-3">
                {role === "first" ? "First choice" : "Fallback"}
              </span>
            </span>
            <span className="text-xs text-ink-3 [overflow-wrap:anywhere]">
              {others.length > 0
                ? `Also ${others.join(", ")}`
                : "Nothing else serves it when this fails"}
            </span>
            {can("features.write") && (
              <span className="flex flex-wrap gap-2">
                <Button onClick={() => go({ act: "switch", feature: feature.name })}>
                  Switch model
                  <span className="sr-only"> of {feature.name}</span>
                </Button>
                <FeatureSwitch feature={feature} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
