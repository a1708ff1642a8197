import { useFormContext } from "react-hook-form";
import type { Schemas } from "@/api/client";
import { Checkbox, SelectField, TextField } from "@/ui/field";
import type { Draft } from "./draft";

const BALANCING: Record<Schemas["Balancing"], string> = {
  ordered: "In the order above",
  weighted: "By weight",
  latency: "The fastest first",
  cost: "The cheapest first",
  cache_affine: "The one whose cache knows the prompt",
};

/** How calls are routed, where it is not left to the routing policy. */
export function PolicyFields() {
  const { register, watch, formState } = useFormContext<Draft>();
  const hasPolicy = watch("hasPolicy");
  const several = watch("models").length > 1;
  const errors = formState.errors.policy;
  const whole = (name: keyof Draft["policy"] & string, most: number) =>
    register(`policy.${name}` as "policy.retries", {
      valueAsNumber: true,
      validate: (value) =>
        (Number.isInteger(value) && value! >= 0 && value! <= most) ||
        `A whole number from 0 to ${most}.`,
    });
  return (
    <div className="grid gap-3">
      <Checkbox
        label="Routing of its own"
        help={
          hasPolicy
            ? undefined
            : several
              ? "Off: by the routing policy of the feature or the organization, which also says whether weights count."
              : "Off: by the routing policy of the feature or the organization."
        }
        {...register("hasPolicy")}
      />
      {hasPolicy && (
        <div className="grid grid-cols-2 gap-3 border-l-2 border-line pl-3">
          <div className="col-span-2">
            <SelectField label="Tried first" {...register("policy.balancing")}>
              {Object.entries(BALANCING).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </SelectField>
          </div>
          <TextField
            label="Retries"
            inputMode="numeric"
            error={errors?.retries?.message}
            {...whole("retries", 10)}
          />
          <TextField
            label="First pause"
            unit="ms"
            inputMode="numeric"
            error={errors?.retry_backoff_ms?.message}
            {...whole("retry_backoff_ms", 10_000)}
          />
          <TextField
            label="Retries at most"
            unit="% of calls"
            inputMode="numeric"
            error={errors?.retry_budget_percent?.message}
            {...whole("retry_budget_percent", 100)}
          />
          <TextField
            label="Cached for"
            unit="s"
            inputMode="numeric"
            help="0: never"
            error={errors?.cache_ttl_seconds?.message}
            {...whole("cache_ttl_seconds", 31_536_000)}
          />
          <TextField
            label="Output at most"
            unit="tokens"
            inputMode="numeric"
            error={errors?.max_output_tokens?.message}
            {...whole("max_output_tokens", 10_000_000)}
          />
          <SelectField label="Unknown fields" {...register("policy.on_unsupported")}>
            <option value="refuse">Refuse the call</option>
            <option value="drop">Leave them out</option>
          </SelectField>
        </div>
      )}
    </div>
  );
}
