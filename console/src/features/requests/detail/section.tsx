import type { ReactNode } from "react";

/** A titled part of the panel. */
export const Section = (props: { title: string; note?: ReactNode; children: ReactNode }) => (
  <section className="grid min-w-0 gap-1.5">
    <header className="flex items-baseline gap-2">
      <h2 className="text-xs font-medium text-ink-2">{props.title}</h2>
      {props.note && <span className="ml-auto text-xs text-ink-3">{props.note}</span>}
    </header>
    {props.children}
  </section>
);
