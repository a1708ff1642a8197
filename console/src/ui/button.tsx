import type { ComponentProps } from "react";
import { cx } from "@/lib/cx";

type Look = { variant?: "primary" | "secondary" | "ghost" | "danger"; size?: "sm" | "md" | "icon" };

/** The look of a button, for links that act like one. */
export const buttonClass = ({ variant = "secondary", size = "sm" }: Look = {}) =>
  cx(
    "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none transition-colors disabled:pointer-events-none disabled:opacity-50",
    size === "sm" && "h-7 px-2.5 text-xs pointer-coarse:h-11 pointer-coarse:px-3.5",
    size === "md" && "h-8 px-3 text-sm pointer-coarse:h-11",
    size === "icon" && "size-7 pointer-coarse:size-11",
    variant === "primary" && "bg-accent-solid text-on-accent hover:brightness-110",
    variant === "secondary" && "border border-control bg-surface text-ink hover:bg-hover",
    variant === "ghost" && "text-ink-2 hover:bg-hover hover:text-ink",
    variant === "danger" && "bg-bad-solid text-white hover:brightness-110",
  );

export function Button({ variant, size, className, ...rest }: ComponentProps<"button"> & Look) {
  return (
    <button
      type="button"
      data-variant={variant}
      {...rest}
      className={cx(buttonClass({ variant, size }), className)}
    />
  );
}
