import { singleKeys } from "@/lib/single-keys";
import { useStore } from "@/lib/store";
import { THEMES, type Theme, theme } from "@/lib/theme";
import { Checkbox } from "@/ui/field";
import { Tabs } from "@/ui/filter";
import { Panel } from "@/ui/panel";
import { Kbd } from "@/ui/status";

const WORDS: Record<Theme, string> = { system: "As the system", light: "Light", dark: "Dark" };

/** What this browser remembers of its reader. */
export function Appearance() {
  const chosen = useStore(theme);
  const areKeysOn = useStore(singleKeys) === "on";
  return (
    <Panel title="Appearance" note="Kept in this browser" bodyClass="grid gap-5 p-3">
      <div className="grid gap-1.5">
        <h3 className="text-xs font-medium text-ink-2">Theme</h3>
        <Tabs
          label="Theme"
          value={chosen}
          onChange={(next) => theme.set(next)}
          tabs={THEMES.map((value) => ({ value, label: WORDS[value] }))}
        />
      </div>
      <div className="grid gap-1.5">
        <h3 className="text-xs font-medium text-ink-2">Keyboard</h3>
        <Checkbox
          label="Single keys act"
          help="Turned off, only keys with Ctrl do something."
          checked={areKeysOn}
          onChange={(event) => singleKeys.set(event.target.checked ? "on" : "off")}
        />
        <p className="text-xs text-ink-3">
          <Kbd>?</Kbd> lists all keys.
        </p>
      </div>
    </Panel>
  );
}
