import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useCan } from "@/api/session";
import { areas } from "@/app/areas";

/** A way to another page. Who may not see that page, or may not do there what takes `permission`, gets `otherwise`. */
export function AreaLink(props: {
  to: string;
  search?: Record<string, unknown>;
  permission?: string;
  className?: string;
  title?: string;
  otherwise?: ReactNode;
  children: ReactNode;
}) {
  const can = useCan();
  const area = areas.find((one) => one.path === props.to);
  if (!area || !can(area.permission) || (props.permission && !can(props.permission)))
    return props.otherwise ?? null;
  return (
    <Link
      // Each page reads its own part of the URL and drops what it does not know.
      to={props.to as "/"}
      search={props.search as object}
      title={props.title}
      className={props.className ?? "text-accent hover:underline"}
    >
      {props.children}
    </Link>
  );
}
