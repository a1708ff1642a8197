import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { featuresQuery, modelsQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { ChipsField } from "@/ui/chips-field";
import { TextField } from "@/ui/field";
import { type ErrorAt, FieldGroup } from "@/ui/form-dialog";
import { type KeyForm, LIMIT_NAMES, type LimitsForm, limitProblem, network } from "./form";

const LIMIT: Record<(typeof LIMIT_NAMES)[number], string> = {
  requests_per_minute: "Calls per minute",
  tokens_per_minute: "Tokens per minute",
  concurrency: "Calls at once",
};

type Props = {
  form: KeyForm;
  onChange: (part: Partial<KeyForm>) => void;
  errorAt: ErrorAt;
  /** Whether its end can be taken away again. */
  hasEnd?: boolean;
};

/** What a key may do, wherever it is edited. */
export function KeyFields({ form, onChange, errorAt, hasEnd }: Props) {
  return (
    <>
      <Scope form={form} onChange={onChange} errorAt={errorAt} />
      <Limits
        title="Limits"
        help="Of all its calls together. Empty is no bound."
        pointer="/limits"
        limits={form.limits}
        onChange={(limits) => onChange({ limits })}
        errorAt={errorAt}
      />
      <Limits
        title="Limits of each end user"
        help="Of the calls that name the same user."
        pointer="/user_limits"
        limits={form.userLimits}
        onChange={(userLimits) => onChange({ userLimits })}
        errorAt={errorAt}
      />
      <FieldGroup title="Where and until when">
        <ChipsField
          label="Only from"
          help="Networks, as 203.0.113.0/24. Empty: anywhere."
          placeholder="Anywhere"
          values={form.ipAllow}
          normal={network}
          error={errorAt("/ip_allow")}
          onChange={(ipAllow) => onChange({ ipAllow })}
        />
        <ChipsField
          label="Never from"
          placeholder="Nowhere"
          values={form.ipDeny}
          normal={network}
          error={errorAt("/ip_deny")}
          onChange={(ipDeny) => onChange({ ipDeny })}
        />
        <TextField
          label="Expires after"
          type="date"
          help={
            hasEnd
              ? "An end can be moved. To take it away, issue another key."
              : "Empty: it works until it is revoked."
          }
          error={errorAt("/expires_at")}
          value={form.expires}
          onChange={(event) => onChange({ expires: event.target.value })}
        />
      </FieldGroup>
    </>
  );
}

function Scope({ form, onChange, errorAt }: Props) {
  const can = useCan();
  const features = useQuery({ ...featuresQuery, enabled: can("features.read") });
  const models = useQuery({ ...modelsQuery, enabled: can("models.read") });
  const featureNames = useMemo(
    () => ["*", ...(features.data ?? []).map((feature) => feature.name)],
    [features.data],
  );
  const modelNames = useMemo(() => {
    const names = (models.data ?? []).map((model) => model.name);
    const providers = new Set(names.map((name) => `${name.slice(0, name.indexOf("/"))}/*`));
    return ["*", ...providers, ...names];
  }, [models.data]);
  return (
    <FieldGroup>
      <ChipsField
        label="Features"
        help="Those that it may call; * is all."
        placeholder="None"
        values={form.features}
        suggestions={featureNames}
        error={errorAt("/features")}
        onChange={(features) => onChange({ features })}
      />
      <ChipsField
        label="Models without a feature"
        help="provider/model, provider/* or *."
        placeholder="None"
        values={form.models}
        suggestions={modelNames}
        error={errorAt("/models")}
        onChange={(models) => onChange({ models })}
      />
    </FieldGroup>
  );
}

function Limits(props: {
  title: string;
  help: string;
  pointer: string;
  limits: LimitsForm;
  onChange: (limits: LimitsForm) => void;
  errorAt: ErrorAt;
}) {
  return (
    <FieldGroup title={props.title} help={props.help} columns={3}>
      {LIMIT_NAMES.map((name) => (
        <TextField
          key={name}
          label={LIMIT[name]}
          inputMode="numeric"
          placeholder="No bound"
          error={limitProblem(props.limits[name]) ?? props.errorAt(`${props.pointer}/${name}`)}
          value={props.limits[name]}
          onChange={(event) => props.onChange({ ...props.limits, [name]: event.target.value })}
        />
      ))}
    </FieldGroup>
  );
}
