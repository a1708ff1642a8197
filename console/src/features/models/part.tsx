import type { ReactNode } from "react";
import { Button } from "@/ui/button";

/** A titled part of a panel, and how it is changed. */
export const Part = (props: {
  title: string;
  note?: ReactNode;
  verb?: string;
  edit?: () => void;
  children: ReactNode;
}) => (
  <section>
    <div className="flex min-h-7 items-center gap-2">
      <h2 className="text-sm font-semibold">{props.title}</h2>
      {props.note && <span className="num text-xs text-ink-3">{props.note}</span>}
      {props.edit && (
        <Button
          variant="ghost"
          className="ml-auto"
          onClick={props.edit}
          aria-label={`${props.verb ?? "Edit"} ${props.title.toLowerCase()}`}
        >
          {props.verb ?? "Edit"}
        </Button>
      )}
    </div>
    {props.children}
  </section>
);
