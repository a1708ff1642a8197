import type { ReactNode } from "react";
import { useCan } from "@/api/session";

/** What only those see who have a right. */
export function Gate({ permission, children }: { permission: string; children: ReactNode }) {
  return useCan()(permission) ? children : null;
}
