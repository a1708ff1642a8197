import { count, plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { Kbd, Shape } from "@/ui/status";
import { KEPT, type Tail } from "./tail";

/** Which keys do what, and what is not shown of a tail. */
export const Footer = ({ tail, onOlder }: { tail: Tail; onOlder: () => void }) => (
  <div
    className={`flex min-h-8 shrink-0 flex-wrap items-center gap-x-3 border-t border-line px-4 text-2xs text-ink-3 ${tail.isCut || tail.omitted ? "" : "max-md:hidden"}`}
  >
    <Key keys={["J", "K"]} does="move" />
    <Key keys={["Enter"]} does="open" />
    <Key keys={["Esc"]} does="close" />
    {tail.omitted > 0 && (
      <span className="num inline-flex items-center gap-1.5 md:ml-auto">
        <Shape tone="warn" /> {plural(tail.omitted, "request")} came faster than they are told
      </span>
    )}
    {tail.isCut && (
      <span className="num inline-flex items-center gap-2 md:ml-auto">
        The latest {count(KEPT)} are kept
        <Button variant="ghost" onClick={onOlder}>
          Go on to older ones
        </Button>
      </span>
    )}
  </div>
);

const Key = ({ keys, does }: { keys: string[]; does: string }) => (
  <span className="inline-flex items-center gap-1 max-md:hidden">
    {keys.map((key) => (
      <Kbd key={key}>{key}</Kbd>
    ))}
    {does}
  </span>
);
