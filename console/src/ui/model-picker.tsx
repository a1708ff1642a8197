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
  return (
    <Field
      id={id}
      error={props.error}
      help={props.help}
      label={props.hidesLabel ? <span className="sr-only">{props.label}</span> : props.label}
    >
      <Suspense fallback={waiting}>
        <Options {...props} id={id} />
      </Suspense>
    </Field>
  );
}
