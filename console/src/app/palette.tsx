import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useState } from "react";
import { useCan } from "@/api/session";
import { ENVIRONMENTS } from "@/lib/environment";
import { words } from "@/lib/format";
import { theme } from "@/lib/theme";
import { useEnvironment } from "@/lib/use-environment";
import { Kbd } from "@/ui/status";
import { areas } from "./areas";

type Command = { id: string; label: string; keys: string[]; run: () => void };
type Group = { value: string; items: Command[] };

/** What a pasted id opens. */
const CALL_ID = /^(call|use)_[0-9a-f]{32}$/;

/** Every page and every action that one may do, by name. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const groups = useCommands(text.trim(), onClose);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/35" />
        <Dialog.Popup
          aria-label="Command menu"
          className="pop fixed top-[12vh] left-1/2 z-50 w-[min(580px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-lg bg-raised shadow-pop"
        >
          <Autocomplete.Root
            open
            inline
            items={groups}
            value={text}
            onValueChange={setText}
            filter={matches}
            autoHighlight="always"
            itemToStringValue={(command: Command) => command.label}
          >
            <label className="flex items-center gap-2 border-b border-line px-3">
              <Search aria-hidden className="size-4 text-ink-3" />
              <Autocomplete.Input
                aria-label="Search pages and actions"
                placeholder="Page, action or call id"
                className="h-11 flex-1 bg-transparent text-base outline-none placeholder:text-ink-3"
              />
              <Kbd>esc</Kbd>
            </label>
            <Dialog.Title className="sr-only">Command menu</Dialog.Title>
            <Autocomplete.Empty className="px-4 text-sm text-ink-3 [&:not(:empty)]:py-6">
              Nothing is called “{text}”. A pasted call id opens the request.
            </Autocomplete.Empty>
            <Autocomplete.List className="max-h-[52vh] overflow-y-auto p-1.5">
              {(group: Group) => (
                <Autocomplete.Group key={group.value} items={group.items}>
                  <Autocomplete.GroupLabel className="px-2 pt-2 pb-1 text-2xs font-medium text-ink-3">
                    {group.value}
                  </Autocomplete.GroupLabel>
                  <Autocomplete.Collection>
                    {(command: Command) => (
                      <Autocomplete.Item
                        key={command.id}
                        value={command}
                        onClick={command.run}
                        className="flex h-8 cursor-default items-center rounded-md px-2 text-sm data-highlighted:bg-selected pointer-coarse:h-11"
                      >
                        {command.label}
                        <span className="ml-auto flex gap-1 pointer-coarse:hidden">
                          {command.keys.map((key) => (
                            <Kbd key={key}>{key}</Kbd>
                          ))}
                        </span>
                      </Autocomplete.Item>
                    )}
                  </Autocomplete.Collection>
                </Autocomplete.Group>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** A command matches when one of its words begins with the text. */
export const matches = (command: { label: string }, text: string) =>
  ` ${command.label.toLowerCase()}`.includes(` ${text.trim().toLowerCase()}`);

function useCommands(text: string, onClose: () => void): Group[] {
  const can = useCan();
  const navigate = useNavigate();
  const [, setEnvironment] = useEnvironment();
  const command = (label: string, run: () => void, keys: string[] = []): Command => ({
    id: label,
    label,
    keys,
    run: () => {
      onClose();
      run();
    },
  });
  const visible = areas.filter((area) => can(area.permission));
  const actions = visible
    .flatMap((area) => area.actions ?? [])
    .filter((action) => can(action.permission))
    .map((action) =>
      command(
        action.label,
        () => void navigate({ to: action.to, search: action.search ?? {} } as never),
      ),
    );
  const pages = visible.map((area) =>
    command(area.label, () => void navigate({ to: area.path }), ["G", area.key.toUpperCase()]),
  );
  const view = [
    ...ENVIRONMENTS.map((name) =>
      command(`Environment: ${words(name)}`, () => setEnvironment(name)),
    ),
    command("Theme: light", () => theme.set("light")),
    command("Theme: dark", () => theme.set("dark")),
    command("Theme: system", () => theme.set("system")),
  ];
  const groups = [
    { value: "Go to", items: pages },
    { value: "Actions", items: actions },
    { value: "View", items: view },
  ];
  if (!CALL_ID.test(text)) return groups;
  const open = () => void navigate({ to: "/requests", search: { sel: text } } as never);
  return [{ value: "Request", items: [command(text, open)] }, ...groups];
}
