import { Popover } from "@base-ui/react/popover";
import { Check } from "lucide-react";
import { type RefObject, useState } from "react";
import { timeZone } from "@/lib/format";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { DEFAULT_RANGE, RANGES, type Range, type RequestSearch } from "./search";

type Props = { search: RequestSearch; set: (part: Partial<RequestSearch>) => void };

export default function TimeChoice(
  props: Props & { anchor: RefObject<HTMLButtonElement | null>; onClose: () => void },
) {
  const { search, set, anchor, onClose } = props;
  const choose = (part: Partial<RequestSearch>) => {
    onClose();
    set({ at: undefined, ...part });
  };
  return (
    <Popover.Root
      open
      onOpenChange={(open, { event }) => {
        // The button closes what it opened.
        if (!open && !anchor.current?.contains(event.target as Node)) onClose();
      }}
    >
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} sideOffset={4} align="end" className="z-50">
          <Popover.Popup
            aria-label="Time"
            finalFocus={anchor}
            className="pop w-[min(420px,calc(100vw-24px))] divide-y divide-line rounded-lg bg-raised shadow-pop outline-none"
          >
            <Ranges search={search} set={choose} />
            <SpanForm search={search} set={choose} />
            <JumpForm search={search} set={choose} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Ranges({ search, set }: Props) {
  const chosen = search.from || search.to ? undefined : (search.range ?? DEFAULT_RANGE);
  return (
    <div className="grid p-1">
      {(Object.keys(RANGES) as Range[]).map((range) => (
        <button
          key={range}
          type="button"
          aria-pressed={range === chosen}
          onClick={() =>
            set({
              range: range === DEFAULT_RANGE ? undefined : range,
              from: undefined,
              to: undefined,
            })
          }
          className="flex h-8 items-center rounded-md px-2 text-left text-sm hover:bg-hover pointer-coarse:h-11"
        >
          {RANGES[range].label}
          {range === chosen && <Check aria-hidden className="ml-auto size-3.5 text-accent" />}
        </button>
      ))}
    </div>
  );
}

function SpanForm({ search, set }: Props) {
  const [from, setFrom] = useState(localText(search.from));
  const [to, setTo] = useState(localText(search.to));
  const isBackwards = Boolean(from && to && from >= to);
  return (
    <form
      className="grid gap-2 p-3"
      onSubmit={(event) => {
        event.preventDefault();
        set({ range: undefined, from: momentOf(from), to: momentOf(to), live: undefined });
      }}
    >
      <div className="grid gap-2 sm:grid-cols-2 sm:[&_input]:text-xs">
        <TextField
          label="From"
          type="datetime-local"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <TextField
          label="To"
          type="datetime-local"
          value={to}
          error={isBackwards ? "Choose a later moment." : undefined}
          onChange={(event) => setTo(event.target.value)}
        />
      </div>
      <div className="flex items-center justify-between gap-2">
        <span className="text-2xs text-ink-3">{timeZone()}</span>
        <Button type="submit" disabled={isBackwards || !(from || to)}>
          Show this span
        </Button>
      </div>
    </form>
  );
}

function JumpForm({ search, set }: Props) {
  const [at, setAt] = useState(localText(search.at));
  return (
    <form
      className="flex items-end gap-2 p-3 *:first:flex-1"
      onSubmit={(event) => {
        event.preventDefault();
        set({ at: momentOf(at), live: undefined });
      }}
    >
      <TextField
        label="Jump to"
        type="datetime-local"
        value={at}
        onChange={(event) => setAt(event.target.value)}
      />
      <Button type="submit" size="md" disabled={!at}>
        Jump
      </Button>
    </form>
  );
}

/** A moment as a field of the browser writes it: the reader's own time, without a zone. */
function localText(at: string | undefined): string {
  if (!at) return "";
  const time = new Date(at);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
const momentOf = (local: string) => (local ? new Date(local).toISOString() : undefined);
