import { cx } from "@/lib/cx";

/** Counts over time above a list: what went well, and what did not on top of it. */
export function VolumeBars(props: {
  label: string;
  bars: { at: string; good: number; bad: number }[];
  /** Once a status is filtered for, colours would say the same again. */
  isPlain?: boolean;
  onPick?: (at: string) => void;
}) {
  const { bars } = props;
  const highest = Math.max(1, ...bars.map((bar) => bar.good + bar.bad));
  return (
    <div role="img" aria-label={props.label} className="flex h-10 items-end gap-px">
      {bars.map((bar) => (
        <div
          key={bar.at}
          onClick={props.onPick && (() => props.onPick?.(bar.at))}
          className={cx(
            "flex h-full min-w-0 flex-1 flex-col justify-end",
            props.onPick && "cursor-pointer hover:bg-hover",
          )}
        >
          <span
            style={{ height: `${(bar.bad / highest) * 100}%` }}
            className={props.isPlain ? "bg-line-strong" : "bg-bad"}
          />
          <span style={{ height: `${(bar.good / highest) * 100}%` }} className="bg-line-strong" />
        </div>
      ))}
    </div>
  );
}

export type Beat = { at: string; tone: "ok" | "warn" | "bad" | "none"; title: string };
const FILL: Record<Beat["tone"], string> = {
  ok: "bg-ok",
  warn: "bg-warn",
  bad: "bg-bad",
  none: "bg-line-strong",
};
/** Height tells them apart where colour does not. */
const HEIGHT: Record<Beat["tone"], string> = { ok: "h-4", warn: "h-5", bad: "h-6", none: "h-2" };

/** How something was, minute by minute. */
export const History = ({ label, beats }: { label: string; beats: Beat[] }) => (
  <div role="img" aria-label={label} className="flex h-6 items-end gap-[2px]">
    {beats.map((beat) => (
      <span
        key={beat.at}
        title={beat.title}
        className={cx("min-w-0 flex-1 rounded-[1px]", FILL[beat.tone], HEIGHT[beat.tone])}
      />
    ))}
  </div>
);

/** A part of a whole: how much of a budget is spent, and how much is held on top. */
export function Meter(props: {
  label: string;
  share: number;
  held?: number;
  tone?: "ok" | "warn" | "bad";
}) {
  const width = (share: number) => `${Math.min(100, Math.max(0, share * 100))}%`;
  const fill = { ok: "bg-accent-solid", warn: "bg-warn", bad: "bg-bad" }[props.tone ?? "ok"];
  return (
    <div
      role="meter"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(Math.min(1, props.share) * 100)}
      className="flex h-1.5 overflow-hidden rounded-full bg-hover"
    >
      <span className={fill} style={{ width: width(props.share) }} />
      {props.held ? (
        <span className={cx(fill, "opacity-40")} style={{ width: width(props.held) }} />
      ) : null}
    </div>
  );
}
