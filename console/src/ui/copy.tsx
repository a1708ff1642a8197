import { Check, Copy as CopyIcon } from "lucide-react";
import { useState } from "react";
import { cx } from "@/lib/cx";
import { Button } from "./button";

/** Puts a text on the clipboard. Browsers without one (plain http) get it selected instead. */
export function CopyButton({
  text,
  label = "Copy",
  from,
}: {
  text: string;
  label?: string;
  from?: HTMLElement | null;
}) {
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), 1500);
    } catch {
      if (from) getSelection()?.selectAllChildren(from);
    }
  };
  return (
    <Button variant="ghost" size="icon" aria-label={isDone ? "Copied" : label} onClick={copy}>
      {isDone ? (
        <Check aria-hidden className="size-3.5 text-ok" />
      ) : (
        <CopyIcon aria-hidden className="size-3.5" />
      )}
    </Button>
  );
}

/** Text for a terminal or a file, with a button that copies it. */
export function Code({
  children,
  label,
  wrap,
}: {
  children: string;
  label: string;
  wrap?: boolean;
}) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  return (
    <div className="relative rounded-md border border-line bg-sunken">
      <pre
        tabIndex={0}
        aria-label={label}
        ref={setElement}
        className={cx(
          "max-h-96 overflow-auto p-3 pr-10 font-mono text-xs leading-5",
          wrap && "[overflow-wrap:anywhere] whitespace-pre-wrap",
        )}
      >
        {children}
      </pre>
      <div className="absolute top-1 right-1">
        <CopyButton text={children} label={`Copy ${label.toLowerCase()}`} from={element} />
      </div>
    </div>
  );
}
