import { X } from "lucide-react";
import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { isSingleKey } from "@/lib/single-keys";
import { useMedia } from "@/lib/use-media";
import { Button } from "./button";

/**
 * What is known of the selected row, beside its list; it covers the screen on a phone.
 *
 * Escape closes it, E edits what it shows. The list stays usable, so it is a region and no dialog; where it covers the
 * screen, what it covers can't be reached, and the focus comes back to it afterwards.
 */
export function SidePanel(props: {
  label: string;
  title: ReactNode;
  onClose: () => void;
  /** For who may. */
  onEdit?: () => void;
  children: ReactNode;
  footer?: ReactNode;
}) {
  const panel = useRef<HTMLElement>(null);
  const { onClose, onEdit } = props;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key === "e" && onEdit && isSingleKey(event)) {
        // The field that it opens is not typed into.
        event.preventDefault();
        onEdit();
      }
      if (event.key !== "Escape" || event.defaultPrevented || target.closest("[role=dialog]"))
        return;
      if (target.closest("input,textarea,select")) target.blur();
      else onClose();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [onClose, onEdit]);
  useCover(panel, useMedia("(max-width: 767px)"));
  return (
    <aside
      ref={panel}
      aria-label={props.label}
      className="flex w-[400px] shrink-0 flex-col border-l border-line bg-canvas max-lg:fixed max-lg:inset-y-0 max-lg:right-0 max-lg:z-30 max-lg:shadow-pop max-md:inset-0 max-md:w-auto max-md:border-0"
    >
      <header className="flex min-h-10 items-center gap-2 border-b border-line py-1.5 pr-1.5 pl-3">
        <div className="flex min-w-0 flex-1 items-center gap-2 text-sm font-semibold">
          {props.title}
        </div>
        <Button variant="ghost" size="icon" aria-label="Close panel" onClick={onClose}>
          <X aria-hidden className="size-4" />
        </Button>
      </header>
      <div
        tabIndex={0}
        role="region"
        aria-label={`${props.label}, details`}
        className="min-h-0 flex-1 overflow-y-auto p-3"
      >
        {props.children}
      </div>
      {props.footer && (
        <footer className="flex flex-wrap gap-2 border-t border-line p-3">{props.footer}</footer>
      )}
    </aside>
  );
}

/** Takes the focus and all else out of reach for as long as the panel covers the screen. */
function useCover(panel: RefObject<HTMLElement | null>, isCovering: boolean) {
  useEffect(() => {
    const element = panel.current;
    if (!isCovering || !element) return;
    const before = document.activeElement;
    const covered: Element[] = [];
    for (let part: Element = element; part !== document.body && part.parentElement; ) {
      const siblings = [...part.parentElement.children].filter(
        (one) => one !== part && !one.hasAttribute("inert"),
      );
      covered.push(...siblings);
      part = part.parentElement;
    }
    for (const one of covered) one.setAttribute("inert", "");
    element.querySelector("button")?.focus();
    return () => {
      for (const one of covered) one.removeAttribute("inert");
      if (before instanceof HTMLElement) before.focus();
    };
  }, [panel, isCovering]);
}
