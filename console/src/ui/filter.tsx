import { Search } from "lucide-react";
import { type ComponentProps, type ReactNode, useEffect, useState } from "react";
import { cx } from "@/lib/cx";
import { Kbd } from "./status";

/** The line of filters above a list. On a phone it scrolls sideways. */
export const FilterBar = ({
  children,
  label = "Filters",
}: {
  children: ReactNode;
  label?: string;
}) => (
  <div
    role="group"
    aria-label={label}
    className="no-scrollbar flex items-center gap-1.5 overflow-x-auto border-b border-line px-4 py-2 max-md:px-3 md:flex-wrap"
  >
    {children}
  </div>
);

/** The chip of a filter, which has the filter's state. */
export const FacetButton = ({ on, ...rest }: ComponentProps<"button"> & { on: boolean }) => (
  <button
    type="button"
    {...rest}
    className={cx(
      "inline-flex h-7 shrink-0 items-center gap-1 rounded-md border px-2 text-xs whitespace-nowrap pointer-coarse:h-11 pointer-coarse:px-3",
      on
        ? "border-accent bg-accent-soft font-medium text-ink"
        : "border-dashed border-control text-ink-2 hover:bg-hover",
    )}
  />
);

/** A filter that is on or off. */
export const Facet = (props: { on: boolean; onClick: () => void; children: ReactNode }) => (
  <FacetButton aria-pressed={props.on} {...props} />
);

const PAUSE_MS = 200;

/** A text that narrows a list: told on when the reader pauses. `/` leads here. */
export function SearchInput(props: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
}) {
  const { value, onChange } = props;
  const [text, setText] = useState(value);
  const [told, setTold] = useState(value);
  // Someone else changed it: "Clear", a link, the browser's back button.
  if (value !== told) {
    setTold(value);
    setText(value);
  }
  useEffect(() => {
    if (text === told) return;
    const timer = setTimeout(() => {
      setTold(text);
      onChange(text);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, told, onChange]);
  return (
    <div className="relative shrink-0">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2 size-3.5 -translate-y-1/2 text-ink-3"
      />
      <input
        data-page-search
        type="search"
        aria-label={props.label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={props.placeholder}
        className="h-7 w-56 rounded-md border border-control bg-surface pr-7 pl-7 text-xs placeholder:text-ink-3 pointer-coarse:h-11 pointer-coarse:text-[16px] [&::-webkit-search-cancel-button]:hidden"
      />
      <span className="pointer-events-none absolute top-1/2 right-1.5 -translate-y-1/2 pointer-coarse:hidden">
        <Kbd>/</Kbd>
      </span>
    </div>
  );
}

/** Two or more views of the same thing, of which one is shown. */
export function Tabs<T extends string>(props: {
  label: string;
  value: T;
  onChange: (value: T) => void;
  tabs: readonly { value: T; label: ReactNode }[];
}) {
  return (
    <div role="group" aria-label={props.label} className="no-scrollbar flex gap-1 overflow-x-auto">
      {props.tabs.map((tab) => (
        <button
          key={tab.value}
          type="button"
          aria-pressed={tab.value === props.value}
          onClick={() => props.onChange(tab.value)}
          className={cx(
            "h-7 shrink-0 rounded-md px-2.5 text-xs font-medium pointer-coarse:h-11",
            tab.value === props.value ? "bg-selected text-ink" : "text-ink-2 hover:bg-hover",
          )}
        >
          {tab.label}
        </button>
      ))}
    </div>
  );
}
