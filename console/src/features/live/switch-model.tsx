import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Schemas, tagOf } from "@/api/client";
import { featuresQuery } from "@/api/every-page";
import { ApiError } from "@/api/problem";
import { ENVIRONMENTS, type Environment } from "@/lib/environment";
import { words } from "@/lib/format";
import { useEnvironment } from "@/lib/use-environment";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { SelectField } from "@/ui/field";
import { ModelPicker } from "@/ui/model-picker";
import { Failure, Skeleton } from "@/ui/states";
import { switching } from "./changes";
import { assignmentQuery, assignmentUrl } from "./queries";

/** Another model for a feature in an environment. */
export function SwitchModel(props: {
  feature: string | undefined;
  onFeature: (feature: string | undefined) => void;
  onDone: () => void;
}) {
  const [shown] = useEnvironment();
  const [environment, setEnvironment] = useState<Environment>(shown);
  const features = useQuery(featuresQuery);
  return (
    <div className="grid gap-3">
      <SelectField
        label="Feature"
        value={props.feature ?? ""}
        onChange={(event) => props.onFeature(event.target.value || undefined)}
      >
        <option value="">Choose a feature</option>
        {features.data?.map((feature) => (
          <option key={feature.id} value={feature.name}>
            {feature.name}
          </option>
        ))}
      </SelectField>
      {features.error && !features.data && <Failure error={features.error} what="Features" />}
      <SelectField
        label="Environment"
        value={environment}
        onChange={(event) => setEnvironment(event.target.value as Environment)}
      >
        {ENVIRONMENTS.map((name) => (
          <option key={name} value={name}>
            {words(name)}
          </option>
        ))}
      </SelectField>
      {props.feature && (
        <Current
          key={`${props.feature} ${environment}`}
          feature={props.feature}
          environment={environment}
          onDone={props.onDone}
        />
      )}
    </div>
  );
}

function Current(props: { feature: string; environment: Environment; onDone: () => void }) {
  const query = useQuery(assignmentQuery(props.feature, props.environment));
  const isNone = query.error instanceof ApiError && query.error.status === 404;
  if (query.error && !isNone && !query.data)
    return (
      <Failure error={query.error} what="What serves it" onRetry={() => void query.refetch()} />
    );
  if (!query.data && !isNone) return <Skeleton className="h-32" />;
  return <Choice {...props} before={isNone ? null : (query.data ?? null)} />;
}

function Choice(props: {
  feature: string;
  environment: Environment;
  before: Schemas["Assignment"] | null;
  onDone: () => void;
}) {
  const { feature, environment } = props;
  // What was there when the form was opened: a change by someone else meanwhile is told before this one is made.
  const [start] = useState(() => ({
    before: props.before,
    tag: props.before ? tagOf(assignmentUrl(feature, environment)) : undefined,
  }));
  const [model, setModel] = useState("");
  const serving = start.before?.models.map((candidate) => candidate.model) ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { onDone } = props;
    review(switching({ feature, environment, model, ...start, onDone }));
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <dl className="grid gap-1 rounded-md border border-line bg-surface px-3 py-2 text-xs">
        <dt className="text-ink-3">Serves now</dt>
        <dd className="font-mono [overflow-wrap:anywhere]">{serving.join(", ") || "None"}</dd>
        {start.before && start.before.fallbacks.length > 0 && (
          <>
            <dt className="text-ink-3">If that fails</dt>
            <dd className="flex flex-wrap gap-1.5">
              {start.before.fallbacks.map((fallback) => (
                <Button key={fallback} onClick={() => setModel(fallback)}>
                  <span className="font-mono">{fallback}</span>
                  <span className="sr-only">as the new model</span>
                </Button>
              ))}
            </dd>
          </>
        )}
      </dl>
      <ModelPicker
        label="New model"
        value={model}
        onChange={setModel}
        except={serving.length === 1 ? serving : undefined}
      />
      <div>
        <Button type="submit" variant="primary" size="md" disabled={!model}>
          Review the switch
        </Button>
      </div>
    </form>
  );
}
