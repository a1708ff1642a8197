import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { featuresQuery, providersQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { write } from "@/api/write";
import { AsRead } from "@/ui/as-read";
import { SelectField, TextField } from "@/ui/field";
import { FieldGroup, FormDialog } from "@/ui/form-dialog";
import { LimitsFields, limitsForm, limitsOf } from "./limits-fields";
import { PolicyFields, policyForm, policyOf } from "./policy-fields";
import { policyQuery, policyUrl } from "./queries";

type RoutingPolicy = Schemas["RoutingPolicy"];

/** Whose calls a new policy is for. */
type Whom = "everyone" | "feature" | "provider";

export function AddPolicy(props: { onClose: () => void; onAdded: (name: string) => void }) {
  const can = useCan();
  const features = useQuery({ ...featuresQuery, enabled: can("features.read") });
  const providers = useQuery(providersQuery);
  const [name, setName] = useState("");
  const [whom, setWhom] = useState<Whom>("everyone");
  const [feature, setFeature] = useState("");
  const [provider, setProvider] = useState("");
  const [policy, setPolicy] = useState(policyForm);
  const [limits, setLimits] = useState(limitsForm);
  const ofFeature = feature || features.data?.[0]?.name || "";
  const ofProvider = provider || providers.data?.[0]?.name || "";
  const change = () => {
    const says =
      whom === "provider"
        ? { provider: ofProvider, limits: limitsOf(limits) }
        : { feature: whom === "feature" ? ofFeature : undefined, policy: policyOf(policy) };
    if (!("limits" in says ? says.limits : says.policy)) return undefined;
    return {
      title: `Add routing policy ${name.trim()}`,
      verb: "Add",
      done: `Added routing policy ${name.trim()}`,
      write: write("post", "/api/platform/ai-management/routing-policies", {
        body: { name: name.trim(), ...says },
      }),
      onDone: (answer: RoutingPolicy) => props.onAdded(answer.name),
    };
  };
  return (
    <FormDialog
      title="Add routing policy"
      description="An assignment that states a policy of its own keeps that."
      verb="Add policy"
      change={change}
      isNew
      size="lg"
      onClose={props.onClose}
    >
      {(errorAt) => (
        <>
          <FieldGroup>
            <TextField
              label="Name"
              autoFocus
              spellCheck={false}
              placeholder="steady"
              error={errorAt("/name")}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <SelectField
              label="For the calls"
              value={whom}
              onChange={(event) => setWhom(event.target.value as Whom)}
            >
              <option value="everyone">Of every feature that has no policy</option>
              <option value="feature">Of one feature</option>
              <option value="provider">To one provider</option>
            </SelectField>
            {whom === "feature" && (
              <SelectField
                label="Feature"
                error={errorAt("/feature")}
                value={ofFeature}
                onChange={(event) => setFeature(event.target.value)}
              >
                {features.data?.map((one) => (
                  <option key={one.id}>{one.name}</option>
                ))}
              </SelectField>
            )}
            {whom === "provider" && (
              <SelectField
                label="Provider"
                error={errorAt("/provider")}
                value={ofProvider}
                onChange={(event) => setProvider(event.target.value)}
              >
                {providers.data?.map((one) => (
                  <option key={one.id}>{one.name}</option>
                ))}
              </SelectField>
            )}
          </FieldGroup>
          {whom === "provider" ? (
            <LimitsFields form={limits} onChange={setLimits} errorAt={errorAt} />
          ) : (
            <PolicyFields
              form={policy}
              errorAt={errorAt}
              onChange={(part) => setPolicy((old) => ({ ...old, ...part }))}
            />
          )}
        </>
      )}
    </FormDialog>
  );
}

export const EditPolicy = (props: { name: string; onClose: () => void }) => (
  <AsRead query={policyQuery(props.name)} url={policyUrl(props.name)}>
    {(before, tag) => <EditForm before={before} tag={tag} onClose={props.onClose} />}
  </AsRead>
);

function EditForm(props: { before: RoutingPolicy; tag: string | undefined; onClose: () => void }) {
  const { before, tag } = props;
  const [policy, setPolicy] = useState(() => policyForm(before.policy ?? undefined));
  const [limits, setLimits] = useState(() => limitsForm(before.limits ?? undefined));
  const change = () => {
    const body = before.provider ? { limits: limitsOf(limits) } : { policy: policyOf(policy) };
    if (Object.values(body).every((part) => part === undefined)) return undefined;
    return {
      title: `Change routing policy ${before.name}`,
      verb: "Change",
      done: `Changed routing policy ${before.name}`,
      tag,
      write: write("patch", "/api/platform/ai-management/routing-policies/{policy}", {
        params: { path: { policy: before.name } },
        body,
      }),
    };
  };
  return (
    <FormDialog
      title={`Routing policy ${before.name}`}
      verb="Review change"
      change={change}
      size="lg"
      onClose={props.onClose}
    >
      {(errorAt) =>
        before.provider ? (
          <LimitsFields form={limits} onChange={setLimits} errorAt={errorAt} />
        ) : (
          <PolicyFields
            form={policy}
            errorAt={errorAt}
            onChange={(part) => setPolicy((old) => ({ ...old, ...part }))}
          />
        )
      }
    </FormDialog>
  );
}
