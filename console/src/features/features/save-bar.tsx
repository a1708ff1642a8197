import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { Unsaved } from "./unsaved";

/** At the end of a form in a panel, in sight as soon as something was changed. */
export function SaveBar(props: { changes: number; verb: string; onDiscard: () => void }) {
  if (props.changes === 0) return null;
  return (
    <div className="sticky -bottom-3 z-10 -mx-3 mt-3 -mb-3 flex items-center gap-2 border-t border-line bg-canvas px-3 py-2.5">
      <Unsaved changes={props.changes} />
      <span role="status" className="num text-xs text-ink-2">
        {plural(props.changes, "change")}
      </span>
      <Button className="ml-auto" onClick={props.onDiscard}>
        Discard
      </Button>
      <Button variant="primary" type="submit">
        {props.verb}
      </Button>
    </div>
  );
}
