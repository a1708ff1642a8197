import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement } from "react";
import { cx } from "@/lib/cx";
import type { MenuEntry } from "./menu";

export default function MenuList(props: {
  trigger: ReactElement;
  entries: MenuEntry[];
  align?: "start" | "end";
}) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={props.trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={props.align ?? "end"} className="z-50">
          <Base.Popup className="pop min-w-44 rounded-lg bg-raised p-1 shadow-pop outline-none">
            {props.entries.map((entry, index) =>
              entry === "line" ? (
                <Base.Separator key={index} className="my-1 h-px bg-line" />
              ) : (
                <Base.Item
                  key={index}
                  onClick={entry.onSelect}
                  disabled={entry.disabled}
                  className={cx(
                    "flex h-8 cursor-default items-center gap-2 rounded-md px-2 text-sm data-disabled:opacity-50 data-highlighted:bg-hover pointer-coarse:h-11",
                    entry.tone === "danger" && "text-bad",
                  )}
                >
                  {entry.label}
                </Base.Item>
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
