import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useEffect } from "react";
import { useStore } from "@/lib/store";
import { Button, buttonClass } from "./button";
import { Shape } from "./status";
import { notices } from "./toast";

export default function Toaster() {
  return (
    <Toast.Provider timeout={8000} limit={4}>
      <Feed />
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-[min(360px,calc(100vw-32px))] flex-col gap-2">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

/** Hands notices over to the toasts, each once. */
function Feed() {
  const all = useStore(notices);
  const { add } = Toast.useToastManager();
  useEffect(() => {
    for (const notice of all) {
      add({
        id: String(notice.id),
        title: notice.title,
        description: notice.detail,
        data: notice,
        priority: notice.tone === "bad" ? "high" : "low",
      });
    }
    if (all.length > 0) queueMicrotask(() => notices.set([]));
  }, [all, add]);
  return null;
}

function List() {
  const { toasts, close } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="pop flex items-start gap-2.5 rounded-lg bg-raised px-3 py-2.5 shadow-pop data-limited:hidden"
    >
      <Shape tone={toast.data?.tone ?? "ok"} className="mt-1.5" />
      <div className="min-w-0 flex-1">
        <Toast.Title className="text-sm font-medium [overflow-wrap:anywhere]" />
        <Toast.Description className="text-xs text-ink-2 [overflow-wrap:anywhere]" />
      </div>
      {toast.data?.action && (
        <Button
          onClick={() => {
            close(toast.id);
            toast.data.action.run();
          }}
        >
          {toast.data.action.label}
        </Button>
      )}
      <Toast.Close aria-label="Dismiss" className={buttonClass({ variant: "ghost", size: "icon" })}>
        <X aria-hidden className="size-3.5" />
      </Toast.Close>
    </Toast.Root>
  ));
}
