import { Popover } from "@base-ui/react/popover";
import { Check, ChevronDown } from "lucide-react";
import { useState } from "react";
import { moment, timeZone } from "@/lib/format";
import { Button, buttonClass } from "@/ui/button";
import { TextField } from "@/ui/field";
import { DEFAULT_RANGE, RANGES, type Range, type RequestSearch } from "./search";

type Props = { search: RequestSearch; set: (part: Partial<RequestSearch>) => void };

/** Which time is looked at, as the button says it. */
export function spanLabel({ range, from, to }: RequestSearch): string {
  if (from && to) return `${moment(from)} – ${moment(to)}`;
  if (from) return `Since ${moment(from)}`;
  if (to) return `Until ${moment(to)}`;
  return RANGES[range ?? DEFAULT_RANGE].label;
}

/** A range that ends now, a span of one's own, or a moment to go back from. */
export function TimePicker({ search, set }: Props) {
  const [isOpen, setOpen] = useState(false);
  const choose = (part: Partial<RequestSearch>) => {
    setOpen(false);
    set({ at: undefined, ...part });
  };
  const isSpan = Boolean(search.from || search.to);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger className={buttonClass()}>
        <span className="num">{spanLabel(search)}</span>
        <ChevronDown aria-hidden className="size-3.5 text-ink-3" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="end" className="z-50">
          <Popover.Popup
            aria-label="Time"
            className="pop w-[min(420px,calc(100vw-24px))] divide-y divide-line rounded-lg bg-raised shadow-pop outline-none"
          >
            <div className="grid p-1">
              {(Object.keys(RANGES) as Range[]).map((range) => {
                const isChosen = !isSpan && (search.range ?? DEFAULT_RANGE) === range;
                return (
                  <button
                    key={range}
                    type="button"
                    aria-pressed={isChosen}
                    onClick={() =>
                      choose({
                        range: range === DEFAULT_RANGE ? undefined : range,
                        from: undefined,
                        to: undefined,
                      })
                    }
                    className="flex h-8 items-center rounded-md px-2 text-left text-sm hover:bg-hover pointer-coarse:h-11"
                  >
                    {RANGES[range].label}
                    {isChosen && <Check aria-hidden className="ml-auto size-3.5 text-accent" />}
                  </button>
                );
              })}
            </div>
            <SpanForm search={search} set={choose} />
            <JumpForm search={search} set={choose} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
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
