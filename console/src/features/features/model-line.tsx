import { ArrowDown, ArrowUp, X } from "lucide-react";
import { Controller, type UseFieldArrayReturn, useFormContext } from "react-hook-form";
import { percent } from "@/lib/format";
import { Button } from "@/ui/button";
import { control as controlClass } from "@/ui/field";
import { ModelPicker } from "@/ui/model-picker";
import { type Draft, shareOf, swapTarget } from "./draft";

type List = "models" | "fallbacks";

/** One of the models of a list: which, its weight where there are several, its place. */
export function ModelLine<L extends List>(props: {
  list: L;
  index: number;
  chosen: string[];
  of: UseFieldArrayReturn<Draft, L>;
}) {
  const { list, index, of } = props;
  const { control, register, watch } = useFormContext<Draft>();
  const length = of.fields.length;
  const isModel = list === "models";
  const isRequired = isModel && index === 0;
  const name = isModel ? `Model ${index + 1}` : `Fallback ${index + 1}`;
  const weights = watch("models");
  const move = (step: 1 | -1) => {
    const target = swapTarget(index, step, length);
    if (target !== undefined) of.swap(index, target);
  };
  const remove = (
    <Step label={`Remove ${name.toLowerCase()}`} onClick={() => of.remove(index)}>
      <X aria-hidden className="size-3.5" />
    </Step>
  );
  return (
    <div className="grid gap-1">
      <div className="flex items-start gap-1">
        <div className="min-w-0 flex-1">
          <Controller
            control={control}
            name={`${list as List}.${index}.model`}
            rules={{ validate: (model) => !isRequired || Boolean(model) || "Choose a model." }}
            render={({ field, fieldState }) => (
              <ModelPicker
                label={name}
                hidesLabel
                value={field.value}
                onChange={field.onChange}
                except={props.chosen}
                error={fieldState.error?.message}
              />
            )}
          />
        </div>
        {length === 1 && !isModel && remove}
      </div>
      {length > 1 && (
        <div className="flex items-center gap-1">
          {isModel && (
            <label className="flex items-center gap-2 text-xs text-ink-3">
              Weight
              <input
                type="number"
                min={0}
                aria-label={`Weight of ${name.toLowerCase()}`}
                className={`${controlClass} num !h-7 !w-16 border-control text-right pointer-coarse:!h-11`}
                {...register(`models.${index}.weight`, { valueAsNumber: true, min: 0 })}
              />
              <span className="num">
                {percent(shareOf(weights[index]?.weight ?? 0, weights), 0)}
              </span>
            </label>
          )}
          <span className="ml-auto" />
          <Step label={`Move ${name.toLowerCase()} up`} onClick={() => move(-1)} off={index === 0}>
            <ArrowUp aria-hidden className="size-3.5" />
          </Step>
          <Step
            label={`Move ${name.toLowerCase()} down`}
            onClick={() => move(1)}
            off={index === length - 1}
          >
            <ArrowDown aria-hidden className="size-3.5" />
          </Step>
          {remove}
        </div>
      )}
    </div>
  );
}

const Step = (props: {
  label: string;
  onClick: () => void;
  off?: boolean;
  children: React.ReactNode;
}) => (
  <Button
    variant="ghost"
    size="icon"
    aria-label={props.label}
    onClick={props.onClick}
    disabled={props.off}
  >
    {props.children}
  </Button>
);
