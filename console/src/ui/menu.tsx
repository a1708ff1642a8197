import type { ReactNode } from "react";
import { onDemand } from "./on-demand";

export type MenuEntry =
  | { label: ReactNode; onSelect: () => void; disabled?: boolean; tone?: "danger" }
  | "line";

/** What can be done with a thing, behind one button. */
export const Menu = onDemand<{ entries: MenuEntry[]; align?: "start" | "end" }>(
  () => import("./menu-list"),
);
