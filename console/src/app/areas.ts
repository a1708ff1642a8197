/** The pages, from what each folder of `features` says about itself. Nothing else lists them. */
import type { LucideIcon } from "lucide-react";

export const GROUPS = ["Operate", "Build", "Understand", "Govern"] as const;

/** What the navigation, the palette and the keyboard know of a page. */
export type Area = {
  path: string;
  label: string;
  group: (typeof GROUPS)[number];
  /** Its place within the group. */
  order: number;
  icon: LucideIcon;
  /** The second key after `g`. */
  key: string;
  /** Who lacks it does not see the page. */
  permission: string;
  /** A hook: whether the navigation lists it now. Absent: always. The palette and the keyboard know it anyway. */
  useIsListed?: () => boolean;
  /** What can be begun from anywhere. */
  actions?: Action[];
};

/** A page and what is chosen on it: filters, a panel, a dialog, all of which stand in the URL. */
export type Action = {
  label: string;
  permission: string;
  to: string;
  search?: Record<string, unknown>;
};

const found = import.meta.glob<Area>("../features/*/area.ts", { eager: true, import: "default" });

export const areas: Area[] = Object.values(found).sort(
  (one, other) =>
    GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group) || one.order - other.order,
);
