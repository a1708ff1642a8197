import { describe } from "@/api/problem";
import { Button } from "./button";

/** Below rows: those that follow could not be read. They are not asked for again by themselves. */
export function Unread(props: { what: string; error: unknown; onRetry: () => void }) {
  const { title, detail } = describe(props.error);
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1 border-t border-line bg-surface px-4 py-2 text-xs text-bad"
    >
      <span>
        {props.what} could not be read. {title}
        {detail && `: ${detail}`}
      </span>
      <Button onClick={props.onRetry}>Try again</Button>
    </div>
  );
}
