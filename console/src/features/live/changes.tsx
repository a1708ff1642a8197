/** The changes that can be made at once, as the dialog shows them. */
import type { Schemas } from "@/api/client";
import { write } from "@/api/write";
import type { Environment } from "@/lib/environment";
import { words } from "@/lib/format";
import type { Change } from "@/ui/change";
import { InProduction } from "@/ui/environment";

type Assignment = Schemas["Assignment"];
type Status = Schemas["FeatureStatus"];

/** Another model in place of those that serve now; what comes after it, and how, stays. */
export function switchBody(model: string, before: Assignment | null): Schemas["NewAssignment"] {
  if (!before) return { model };
  return {
    model,
    fallbacks: before.fallbacks.filter((fallback) => fallback !== model),
    config_overrides: before.config_overrides,
    policy: before.policy,
  };
}

export function switching(asked: {
  feature: string;
  environment: Environment;
  model: string;
  before: Assignment | null;
  tag?: string;
  onDone: () => void;
}): Change<Assignment> {
  const { feature, environment, model, before } = asked;
  const others = before?.models.length ?? 0;
  return {
    title: `Switch ${feature} to ${model} in ${words(environment)}`,
    verb: "Switch",
    done: `${feature} uses ${model} in ${words(environment)}`,
    tag: asked.tag,
    note: (
      <>
        {environment === "production" && (
          <InProduction>The next call goes to the new model.</InProduction>
        )}
        {others > 1 && (
          <p className="text-sm text-ink-2">It takes the place of {others} models with weights.</p>
        )}
      </>
    ),
    write: write(
      "put",
      "/api/platform/ai-management/features/{feature}/assignments/{environment}",
      { params: { path: { feature, environment } }, body: switchBody(model, before) },
    ),
    onDone: asked.onDone,
  };
}

const BECOMES: Record<Status, { verb: string; effect: string }> = {
  active: { verb: "Activate", effect: "Its calls are served again, in every environment." },
  maintenance: {
    verb: "Put in maintenance",
    effect: "Its calls are refused in every environment, Production included.",
  },
  inactive: {
    verb: "Disable",
    effect: "Its calls are refused in every environment, Production included.",
  },
};

export const becoming = (feature: string, status: Status): Change => ({
  title: `${BECOMES[status].verb}: ${feature}`,
  verb: BECOMES[status].verb,
  done: `${feature} is ${status}`,
  note: <InProduction>{BECOMES[status].effect}</InProduction>,
  isDangerous: status !== "active",
  write: write("put", "/api/platform/ai-management/features/{feature}/status", {
    params: { path: { feature } },
    body: { status },
  }),
});

export const revoking = (key: Schemas["Key"], onDone: () => void): Change => ({
  title: `Revoke key ${key.name} of ${words(key.environment)}`,
  verb: "Revoke",
  done: `Revoked key ${key.name}`,
  note:
    key.environment === "production" ? (
      <InProduction>
        The next call with this key is refused, and a revoked key stays revoked.
      </InProduction>
    ) : (
      <p className="text-sm text-ink-2">
        The next call with it is refused, and a revoked key stays revoked.
      </p>
    ),
  confirm: key.name,
  isDangerous: true,
  cannotUndo: true,
  write: write("post", "/api/platform/ai-management/keys/{key}/revoke", {
    params: { path: { key: key.id } },
  }),
  onDone,
});
