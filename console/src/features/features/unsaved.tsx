import { useBlocker } from "@tanstack/react-router";
import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";

/** Asks before a form with changes goes away: another row, part, environment or page is looked at. */
export function Unsaved({ changes }: { changes: number }) {
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => takesAway(current, next),
    enableBeforeUnload: true,
    withResolver: true,
  });
  if (leaving.status !== "blocked") return null;
  return (
    <Dialog
      open
      onClose={leaving.reset}
      title="Leave without making the change?"
      footer={
        <>
          <Button size="md" onClick={leaving.reset}>
            Keep editing
          </Button>
          <Button size="md" variant="danger" onClick={leaving.proceed}>
            Discard
          </Button>
        </>
      }
    >
      <p className="text-sm">{plural(changes, "change")} of the form will be lost.</p>
    </Dialog>
  );
}

type Place = { pathname: string; search: object };

/** What a form is about stands in these parts of the URL. */
const PARTS = ["org", "env", "sel", "tab"] as const;

export function takesAway(current: Place, next: Place): boolean {
  const part = (place: Place, name: (typeof PARTS)[number]) =>
    (place.search as Partial<Record<typeof name, unknown>>)[name];
  return (
    current.pathname !== next.pathname ||
    PARTS.some((name) => part(current, name) !== part(next, name))
  );
}
