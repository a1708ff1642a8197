import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { Button, buttonClass } from "@/ui/button";
import { Empty, Failure } from "@/ui/states";

/** A page that broke. The rest of the console goes on. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  return (
    <div className="p-4">
      <h1 className="sr-only">This page failed</h1>
      <Failure error={error} what="This page" onRetry={reset} />
    </div>
  );
}

export function MissingPage() {
  return (
    <div className="p-4">
      <h1 className="sr-only">No such page</h1>
      <Empty
        title="There is no such page"
        action={
          <Link to="/" className={buttonClass()}>
            Go to the overview
          </Link>
        }
      >
        The address may be from another version. Ctrl+K finds every page.
      </Empty>
    </div>
  );
}

/** Nothing could be shown at all. */
export function Unreachable({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <main className="grid h-dvh place-items-center p-4">
      <div>
        <h1 className="sr-only">Glaux</h1>
        <Failure error={error} what="Your account" />
        <div className="grid place-items-center">
          <Button variant="primary" size="md" onClick={onRetry}>
            Try again
          </Button>
        </div>
      </div>
    </main>
  );
}
