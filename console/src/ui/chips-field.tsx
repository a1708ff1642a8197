import { X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { cx } from "@/lib/cx";
import { border, described, Field } from "./field";

/** Several short texts: Enter or a comma ends one, Backspace takes the last one back. */
export function ChipsField(props: {
  label: ReactNode;
  values: string[];
  onChange: (values: string[]) => void;
  suggestions?: string[];
  placeholder?: string;
  help?: ReactNode;
  error?: string;
  /** How what was typed is written. */
  normal?: (text: string) => string;
}) {
  const { values, onChange, normal = (text) => text } = props;
  const [text, setText] = useState("");
  const id = useId();
  const add = (typed: string) => {
    const added = typed
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(normal);
    if (added.length > 0) onChange([...new Set([...values, ...added])]);
    setText("");
  };
  const onKey = (event: KeyboardEvent) => {
    if ((event.key === "Enter" && text) || event.key === ",") {
      event.preventDefault();
      add(text);
    } else if (event.key === "Backspace" && text === "") onChange(values.slice(0, -1));
  };
  return (
    <Field id={id} label={props.label} help={props.help} error={props.error}>
      <div
        className={cx(
          "flex min-h-8 w-full min-w-0 flex-wrap items-center gap-1 rounded-md border bg-surface p-1 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent pointer-coarse:min-h-11",
          border(props.error),
        )}
      >
        {values.map((value) => (
          <span
            key={value}
            className="inline-flex h-6 max-w-full items-center rounded-sm bg-hover pl-1.5 font-mono text-xs pointer-coarse:h-9"
          >
            <span dir="auto" className="truncate" title={value}>
              {value}
            </span>
            <button
              type="button"
              aria-label={`Remove ${value}`}
              onClick={() => onChange(values.filter((other) => other !== value))}
              className="grid size-6 shrink-0 place-items-center text-ink-3 hover:text-ink pointer-coarse:size-9"
            >
              <X aria-hidden className="size-3" />
            </button>
          </span>
        ))}
        <input
          {...described(id, props)}
          type="text"
          autoComplete="off"
          spellCheck={false}
          list={props.suggestions ? `${id}-list` : undefined}
          value={text}
          placeholder={values.length === 0 ? props.placeholder : undefined}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKey}
          onBlur={() => add(text)}
          className="h-6 min-w-24 flex-1 bg-transparent px-1 text-sm outline-none placeholder:text-ink-3 pointer-coarse:h-9 pointer-coarse:text-[16px]"
        />
        {props.suggestions && (
          <datalist id={`${id}-list`}>
            {props.suggestions
              .filter((one) => !values.includes(one))
              .map((one) => (
                <option key={one} value={one} />
              ))}
          </datalist>
        )}
      </div>
    </Field>
  );
}
