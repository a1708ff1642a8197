import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

/** Figures side by side: two on a phone, three beside a panel or on a tablet, all six where there is room. */
export const Stats = ({ label, children }: { label: string; children: ReactNode }) => (
  <section aria-label={label} className="panel @container">
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-[7px] bg-line @min-[600px]:grid-cols-3 @min-[980px]:grid-cols-6 [&>div]:bg-surface">
      {children}
    </dl>
  </section>
);

/** One figure, what it stands beside, and how it came here. */
export function Stat(props: {
  label: ReactNode;
  value: ReactNode;
  unit?: string;
  note?: ReactNode;
  chart?: ReactNode;
}) {
  return (
    <div className="flex min-w-0 flex-col justify-between gap-1 px-3.5 py-2.5">
      <dt className="flex items-center gap-1.5 text-xs text-ink-3">{props.label}</dt>
      <dd className="flex items-end justify-between gap-2">
        <span className="num truncate text-2xl font-semibold tracking-[-0.022em]">
          {props.value}
          {props.unit && (
            <span className="ml-0.5 text-xs font-normal tracking-normal text-ink-3">
              {props.unit}
            </span>
          )}
        </span>
        {props.chart}
      </dd>
      <dd className="num min-h-4 truncate text-xs text-ink-3">{props.note}</dd>
    </div>
  );
}

/** How far a figure moved, and whether that is good. */
export function Delta({ share, goodWhen }: { share: number; goodWhen: "up" | "down" }) {
  if (!Number.isFinite(share)) return null;
  const isUp = share >= 0;
  const isGood = Math.abs(share) < 0.0005 ? null : isUp === (goodWhen === "up");
  return (
    <span className={cx("num", isGood === null ? "text-ink-3" : isGood ? "text-ok" : "text-bad")}>
      <span aria-hidden>{isUp ? "↗" : "↘"}</span>
      <span className="sr-only">{isUp ? "up" : "down"} </span>
      {Math.abs(share * 100).toFixed(1)}%
    </span>
  );
}
