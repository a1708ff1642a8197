import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";
import { buttonClass } from "./button";

/** A window in front of the page. It covers the screen on a phone. */
export function Dialog(props: {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  size?: "md" | "lg";
}) {
  return (
    <Base.Root open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/35" />
        <Base.Popup
          className={cx(
            "pop fixed top-[8vh] left-1/2 z-50 flex max-h-[84vh] w-[calc(100vw-24px)] -translate-x-1/2 flex-col rounded-lg bg-raised shadow-pop max-md:inset-0 max-md:max-h-none max-md:w-auto max-md:translate-x-0 max-md:rounded-none",
            props.size === "lg" ? "md:max-w-[720px]" : "md:max-w-[520px]",
          )}
        >
          <header
            className={cx(
              "flex gap-3 border-b border-line px-4 py-3",
              props.description ? "items-start" : "items-center",
            )}
          >
            <div className="min-w-0 flex-1">
              <Base.Title className="text-[15px] font-semibold">{props.title}</Base.Title>
              {props.description && (
                <Base.Description className="mt-0.5 text-xs text-ink-2">
                  {props.description}
                </Base.Description>
              )}
            </div>
            <Base.Close
              aria-label="Close"
              className={buttonClass({ variant: "ghost", size: "icon" })}
            >
              <X aria-hidden className="size-4" />
            </Base.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">{props.children}</div>
          {props.footer && (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-3">
              {props.footer}
            </footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
