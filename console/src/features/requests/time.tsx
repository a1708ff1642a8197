import { ChevronDown } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { moment } from "@/lib/format";
import { Button } from "@/ui/button";
import { DEFAULT_RANGE, RANGES, type RequestSearch } from "./search";

type Props = { search: RequestSearch; set: (part: Partial<RequestSearch>) => void };

const TimeChoice = lazy(() => import("./time-choice"));

/** Which time is looked at, as the button says it. */
export function spanLabel({ range, from, to }: RequestSearch): string {
  if (from && to) return `${moment(from)} – ${moment(to)}`;
  if (from) return `Since ${moment(from)}`;
  if (to) return `Until ${moment(to)}`;
  return RANGES[range ?? DEFAULT_RANGE].label;
}

/** A range that ends now, a span of one's own, or a moment to go back from. */
export function TimePicker({ search, set }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        ref={button}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <span className="num">{spanLabel(search)}</span>
        <ChevronDown aria-hidden className="size-3.5 text-ink-3" />
      </Button>
      {isOpen && (
        <Suspense fallback={null}>
          <TimeChoice search={search} set={set} anchor={button} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
