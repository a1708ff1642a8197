import { useQuery } from "@tanstack/react-query";
import { useCan } from "@/api/session";
import type { Environment } from "@/lib/environment";
import { words } from "@/lib/format";
import { Failure, Skeleton } from "@/ui/states";
import { AssignmentForm } from "./assignment-form";
import { assignmentQuery, assignmentsQuery } from "./queries";

/** Which models serve the feature in an environment; none is an answer. */
export function AssignmentTab(props: { feature: string; environment: Environment }) {
  const { feature, environment } = props;
  const can = useCan();
  const all = useQuery(assignmentsQuery(feature));
  const isAbsent = all.data?.items.every((one) => one.environment !== environment) ?? false;
  // The one alone carries the tag that a change of it names.
  const one = useQuery({
    ...assignmentQuery(feature, environment),
    enabled: !!all.data && !isAbsent,
  });
  const read = isAbsent || all.error ? all : one;
  if (read.isPending) {
    return (
      <div role="status" aria-label="Loading" className="grid gap-3">
        <Skeleton className="h-12" />
        <Skeleton className="h-12" />
      </div>
    );
  }
  if (read.error) {
    return <Failure error={read.error} what="The models" onRetry={() => void read.refetch()} />;
  }
  const found = isAbsent ? null : one.data!;
  return (
    <>
      {isAbsent && (
        <p className="rounded-md bg-hover px-3 py-2 text-sm text-ink-2">
          No model serves it in {words(environment)}. Calls of it are refused there.
        </p>
      )}
      <AssignmentForm {...props} assignment={found} isReadOnly={!can("features.write")} />
    </>
  );
}
