import { singleKeys } from "@/lib/single-keys";
import { useStore } from "@/lib/store";
import { Dialog } from "@/ui/dialog";
import { Checkbox } from "@/ui/field";
import { Kbd } from "@/ui/status";
import { areas } from "./areas";

const KEYS: [string[], string][] = [
  [["Ctrl", "K"], "Search pages and actions"],
  [["/"], "Filter what is shown"],
  [["C"], "Make what the page is for"],
  [["E"], "Edit what is open"],
  [["Ctrl", "Enter"], "Send what is filled in"],
  [["J"], "Next row"],
  [["K"], "Row before"],
  [["Enter"], "Open the row"],
  [["Esc"], "Close what is open"],
  [["["], "Fold the navigation"],
  [["?"], "This list"],
];

export default function KeyboardHelp({ onClose }: { onClose: () => void }) {
  const isOn = useStore(singleKeys) === "on";
  const all = [
    ...KEYS,
    ...areas.map((area) => [["G", area.key.toUpperCase()], area.label] as [string[], string]),
  ];
  return (
    <Dialog open onClose={onClose} title="Keyboard">
      <dl className="grid gap-x-6 text-sm sm:grid-cols-2">
        {all.map(([keys, what]) => (
          <div
            key={what}
            className="flex min-h-8 items-center justify-between gap-3 border-b border-line"
          >
            <dt>{what}</dt>
            <dd className="flex gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Checkbox
        className="mt-4"
        label="Single keys act"
        help="Turned off, letters do nothing outside of lists."
        checked={isOn}
        onChange={(event) => singleKeys.set(event.target.checked ? "on" : "off")}
      />
    </Dialog>
  );
}
