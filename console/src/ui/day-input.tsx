import { cx } from "@/lib/cx";

/** A day in a line of filters: its label is heard, not seen. */
export function DayInput(props: {
  label: string;
  value: string | undefined;
  min?: string;
  max?: string;
  onChange: (day: string | undefined) => void;
}) {
  return (
    <input
      type="date"
      aria-label={props.label}
      value={props.value ?? ""}
      min={props.min}
      max={props.max}
      onChange={(event) => props.onChange(event.target.value || undefined)}
      className={cx(
        "num h-7 shrink-0 rounded-md border bg-surface px-1.5 text-xs pointer-coarse:h-11 pointer-coarse:text-[16px]",
        props.value ? "border-accent bg-accent-soft" : "border-control text-ink-3",
      )}
    />
  );
}
