import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

export type Tone = "ok" | "info" | "warn" | "bad" | "mute";

const FILL: Record<Tone, string> = {
  ok: "rounded-full bg-ok",
  info: "rounded-full bg-accent",
  warn: "rotate-45 rounded-[1px] bg-warn",
  bad: "rounded-[1px] bg-bad",
  mute: "rounded-full bg-ink-3",
};
const SOFT: Record<Tone, string> = {
  ok: "bg-ok-soft text-ok",
  info: "bg-accent-soft text-accent",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  mute: "bg-hover text-ink-2",
};

/** The shape of a status: circle, diamond for a warning, square for an error. */
export const Shape = ({ tone, className }: { tone: Tone; className?: string }) => (
  <span aria-hidden className={cx("size-2 shrink-0", FILL[tone], className)} />
);

/** A status is a shape and a word, never a colour alone. */
export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span
      className={cx(
        "inline-flex items-baseline gap-1.5 whitespace-nowrap",
        tone === "mute" ? "text-ink-3" : "text-ink-2",
      )}
    >
      <Shape tone={tone} className="self-center" />
      {children}
    </span>
  );
}

export function Tag({ children, tone = "mute" }: { children: ReactNode; tone?: Tone }) {
  return (
    <span
      className={cx(
        "inline-flex h-5 items-center rounded-sm px-1.5 text-2xs font-medium whitespace-nowrap",
        SOFT[tone],
      )}
    >
      {children}
    </span>
  );
}

export const Kbd = ({ children }: { children: ReactNode }) => (
  <kbd className="inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-sm border border-line bg-sunken px-1 font-sans text-2xs text-ink-3">
    {children}
  </kbd>
);
