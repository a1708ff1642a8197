import { CircleAlert, Lock } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError, describe } from "@/api/problem";
import { cx } from "@/lib/cx";
import { Button } from "./button";

/** A placeholder in the true layout. It shows once there is something to wait for. */
export const Skeleton = ({ className }: { className?: string }) => (
  <div aria-hidden className={cx("appear-late animate-pulse rounded-sm bg-hover", className)} />
);

/** Lines of a list that is on its way. */
export const SkeletonRows = ({
  rows = 8,
  className = "h-9",
}: {
  rows?: number;
  className?: string;
}) => (
  <div role="status" aria-label="Loading" className="divide-y divide-line">
    {Array.from({ length: rows }, (_, row) => (
      <div key={row} className={cx("flex items-center gap-6 px-4", className)}>
        <Skeleton className="h-3 w-16" />
        <Skeleton className="h-3 w-40" />
        <Skeleton className="h-3 flex-1" />
        <Skeleton className="h-3 w-14" />
      </div>
    ))}
  </div>
);

/** Nothing is there: one sentence, and what to do about it. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="grid place-items-center gap-2 px-4 py-16 text-center">
      <p className="text-sm font-medium">{title}</p>
      {children && <p className="max-w-md text-xs text-ink-3">{children}</p>}
      {action && <div className="mt-1">{action}</div>}
    </div>
  );
}

/** Something could not be read. The rest of the page stays. */
export function Failure({
  error,
  onRetry,
  what,
}: {
  error: unknown;
  onRetry?: () => void;
  what: string;
}) {
  const { title, detail, requestId } = describe(error);
  if (error instanceof ApiError && error.status === 403)
    return <Denied what={what} detail={detail} />;
  return (
    <div role="alert" className="grid place-items-center gap-1.5 px-4 py-12 text-center">
      <CircleAlert aria-hidden className="size-5 text-bad" />
      <p className="text-sm font-medium">{what} could not be read</p>
      <p className="max-w-md text-xs text-ink-2">
        {title}
        {detail && `: ${detail}`}
      </p>
      {requestId && (
        <p className="text-2xs text-ink-3">
          Request <code className="font-mono select-all">{requestId}</code>
        </p>
      )}
      {onRetry && (
        <Button className="mt-1" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** He may not see it; who to ask is in the words of the program. */
export function Denied({ what, detail }: { what: string; detail?: string }) {
  return (
    <div className="grid place-items-center gap-1.5 px-4 py-16 text-center">
      <Lock aria-hidden className="size-5 text-ink-3" />
      <p className="text-sm font-medium">You may not see {what.toLowerCase()}</p>
      <p className="max-w-md text-xs text-ink-3">
        {detail ?? "Ask an administrator of your organization for the right."}
      </p>
    </div>
  );
}

type Query<T> = { data: T | undefined; error: unknown; refetch: () => unknown };

/** What a query has: its placeholder, what went wrong, or the data. Data stays while it is read again. */
export function Loaded<T>(props: {
  query: Query<T>;
  what: string;
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { data, error, refetch } = props.query;
  if (data !== undefined) return props.children(data);
  if (error) return <Failure error={error} what={props.what} onRetry={() => void refetch()} />;
  return props.skeleton ?? <SkeletonRows />;
}
