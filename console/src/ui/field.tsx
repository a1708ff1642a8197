import { type ComponentProps, type ReactNode, useId } from "react";
import { cx } from "@/lib/cx";

/** The look of a control, for those that are none of the ones below. */
export const control =
  "w-full rounded-md border bg-surface px-2 text-sm text-ink placeholder:text-ink-3 disabled:opacity-60 pointer-coarse:text-[16px]";
export const height = "h-8 pointer-coarse:h-11";
export const border = (error?: string) => (error ? "border-bad" : "border-control");

type Around = {
  label: ReactNode;
  help?: ReactNode;
  /** Replaces the help and says what to do. */
  error?: string;
  /** For figures: what they count. */
  unit?: string;
};

/** What stands around a control: its label, its unit, and its help or what is wrong with it. */
export function Field({
  label,
  help,
  error,
  unit,
  id,
  children,
}: Around & { id: string; children: ReactNode }) {
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        {label}
      </label>
      <div className="flex items-center gap-2">
        {children}
        {unit && <span className="shrink-0 text-xs text-ink-3">{unit}</span>}
      </div>
      {(error || help) && (
        <p id={`${id}-help`} className={cx("text-xs", error ? "text-bad" : "text-ink-3")}>
          {error ?? help}
        </p>
      )}
    </div>
  );
}

export const described = (id: string, { help, error }: Around) => ({
  id,
  "aria-describedby": help || error ? `${id}-help` : undefined,
  "aria-invalid": error ? true : undefined,
});

export function TextField({
  label,
  help,
  error,
  unit,
  className,
  ...rest
}: Around & ComponentProps<"input">) {
  const id = useId();
  const around = { label, help, error, unit };
  return (
    <Field {...around} id={id}>
      <input
        type="text"
        autoComplete="off"
        {...rest}
        {...described(id, around)}
        className={cx(control, height, border(error), className)}
      />
    </Field>
  );
}

export function TextArea({
  label,
  help,
  error,
  unit,
  className,
  ...rest
}: Around & ComponentProps<"textarea">) {
  const id = useId();
  const around = { label, help, error, unit };
  return (
    <Field {...around} id={id}>
      <textarea
        rows={3}
        {...rest}
        {...described(id, around)}
        className={cx(control, "py-1.5", border(error), className)}
      />
    </Field>
  );
}

export function SelectField({
  label,
  help,
  error,
  unit,
  className,
  ...rest
}: Around & ComponentProps<"select">) {
  const id = useId();
  const around = { label, help, error, unit };
  return (
    <Field {...around} id={id}>
      <select
        {...rest}
        {...described(id, around)}
        className={cx(control, height, "chevron", border(error), className)}
      />
    </Field>
  );
}

export function Checkbox({
  label,
  help,
  className,
  ...rest
}: Omit<Around, "error" | "unit"> & ComponentProps<"input">) {
  const id = useId();
  return (
    <div className={cx("flex items-start gap-2", className)}>
      <input
        type="checkbox"
        {...rest}
        id={id}
        aria-describedby={help ? `${id}-help` : undefined}
        className="mt-0.5 size-4 accent-(--accent-solid) pointer-coarse:size-6"
      />
      <div className="grid">
        <label htmlFor={id} className="text-sm">
          {label}
        </label>
        {help && (
          <p id={`${id}-help`} className="text-xs text-ink-3">
            {help}
          </p>
        )}
      </div>
    </div>
  );
}

/** A choice in a page's header: its label is heard, not seen. */
export function Select({
  label,
  className,
  ...rest
}: { label: string } & ComponentProps<"select">) {
  return (
    <select
      aria-label={label}
      {...rest}
      className={cx(
        "chevron h-7 rounded-md border border-control bg-surface px-2 text-xs text-ink pointer-coarse:h-11 pointer-coarse:text-[16px]",
        className,
      )}
    />
  );
}
