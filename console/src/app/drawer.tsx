import { Dialog } from "@base-ui/react/dialog";
import { Account } from "./account";
import { NavigationList } from "./navigation";
import { Place } from "./place";

/** The navigation on a phone. */
export default function Drawer({ onClose }: { onClose: () => void }) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup
          aria-label="Navigation"
          className="fixed inset-y-0 left-0 z-50 flex w-[min(300px,86vw)] flex-col bg-canvas shadow-pop"
        >
          <div className="p-2">
            <Place />
          </div>
          <NavigationList onNavigate={onClose} />
          <Account />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
