/** What was just done, with the way back. Base UI's toasts, loaded with the first one. */
import { lazy, type ReactNode, Suspense, useState } from "react";
import { store, useStore } from "@/lib/store";

export type Notice = {
  id: number;
  title: string;
  detail?: ReactNode;
  tone?: "ok" | "bad";
  action?: { label: string; run: () => void };
};

export const notices = store<Notice[]>([]);
let next = 1;

/** Shows a notice; the latest four stay. */
export function notify(notice: Omit<Notice, "id">) {
  notices.set([...notices.get().slice(-3), { ...notice, id: next++ }]);
}

const Toaster = lazy(() => import("./toaster"));

export function Toasts() {
  const [isNeeded, setNeeded] = useState(false);
  const hasSome = useStore(notices, (all) => all.length > 0);
  if (hasSome && !isNeeded) setNeeded(true);
  if (!isNeeded) return null;
  return (
    <Suspense fallback={null}>
      <Toaster />
    </Suspense>
  );
}
