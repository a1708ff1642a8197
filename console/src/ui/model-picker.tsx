import { lazy, type ReactNode, Suspense, useId } from "react";
import { border, control, Field, height } from "./field";

export type ModelPickerProps = {
  label: ReactNode;
  /** `provider/model`; empty is none. */
  value: string;
  onChange: (model: string) => void;
  help?: ReactNode;
  error?: string;
  /** Those that are not offered: they are chosen already. */
  except?: readonly string[];
  disabled?: boolean;
  /** The label is heard, not seen: the picker stands in a list of pickers. */
  hidesLabel?: boolean;
};

const Options = lazy(() => import("./model-options"));

/** Chooses one of hundreds of models, by provider, with prices and context window in sight. */
export function ModelPicker(props: ModelPickerProps) {
  const id = useId();
  const waiting = (
    <input
      id={id}
      disabled
      defaultValue={props.value}
      className={`${control} ${height} ${border(props.error)} font-mono !text-xs`}
    />
  );
  const options = (
    <Suspense fallback={waiting}>
      <Options {...props} id={id} />
    </Suspense>
  );
  if (!props.hidesLabel) {
    return (
      <Field id={id} label={props.label} help={props.help} error={props.error}>
        {options}
      </Field>
    );
  }
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="sr-only">
        {props.label}
      </label>
      {options}
      {props.error && (
        <p id={`${id}-help`} className="text-xs text-bad">
          {props.error}
        </p>
      )}
    </div>
  );
}
