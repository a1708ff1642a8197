import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { isEnvironment } from "@/lib/environment";
import { NOTHING, OTHER } from "./explore";
import type { Dimension, Filters } from "./search";
import type { Span } from "./span";

/** What a figure of the explorer counts. */
export type Counted = { span: Span; filters: Filters; group: Partial<Record<Dimension, string>> };

/** A figure that leads to the calls it counts, where the list of calls can be narrowed to these. */
export function CallLink({ counted, children }: { counted: Counted; children: ReactNode }) {
  const search = callSearch(counted);
  if (!search) return children;
  return (
    <Link
      to="/requests"
      search={search}
      className="rounded underline-offset-2 hover:text-accent hover:underline"
    >
      {children}
    </Link>
  );
}

/**
 * What the list of calls is asked for.
 *
 * It shows one environment, knows no application, and can't ask for what has no feature or model: nothing then.
 */
export function callSearch({ span, filters, group }: Counted) {
  const values = Object.values(group);
  if (group.application !== undefined || values.includes(NOTHING) || values.includes(OTHER))
    return undefined;
  const { environment, ...narrowed } = { ...filters, ...group };
  if (!isEnvironment(environment)) return undefined;
  return {
    ...narrowed,
    env: environment,
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
  };
}
