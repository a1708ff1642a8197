import { cx } from "@/lib/cx";
import { clock, count, duration, moment, money, NONE } from "@/lib/format";
import type { Column } from "@/tables/column";
import { Status } from "@/ui/status";
import { outcome } from "./outcome";
import type { Call } from "./queries";

/** From here on a call is slow enough to be seen among others. */
export const SLOW_MS = 5_000;
const LONGEST_MS = 8_000;

/** What went in: every class of tokens that was read, from a cache or not. */
export const tokensIn = (usage: object) => sum(usage, (meter) => /input.*tokens$/.test(meter));
export const tokensOut = (usage: object) =>
  sum(usage, (meter) => /(output|reasoning).*tokens$/.test(meter));

function sum(usage: object, is: (meter: string) => boolean): number | undefined {
  const found = Object.entries<number>(usage as Record<string, number>).filter(([meter]) =>
    is(meter),
  );
  return found.length > 0 ? found.reduce((all, [, used]) => all + used, 0) : undefined;
}

const tokens = (value: number | undefined) => (
  <span className="num text-ink-2">{value === undefined ? NONE : count(value)}</span>
);

export const costOf = (call: Call) =>
  call.attempts === 0 && Number(call.cost.amount) === 0 ? NONE : money(call.cost);

const Name = ({ text, className }: { text: string | null | undefined; className?: string }) => (
  <bdi className={cx("truncate", className)} title={text ?? undefined}>
    {text ?? NONE}
  </bdi>
);

/** The columns; in a span of days each row says its day. */
export function columns(hasDays: boolean, isNarrow: boolean): Column<Call>[] {
  const all: Column<Call>[] = [
    {
      key: "at",
      head: "Time",
      width: hasDays ? "128px" : "80px",
      priority: 1,
      cell: (call) => (
        <span className="num truncate text-ink-2">{(hasDays ? moment : clock)(call.at)}</span>
      ),
    },
    {
      key: "status",
      head: "Status",
      width: "100px",
      priority: 1,
      cell: (call) => {
        const { tone, word } = outcome(call);
        return <Status tone={tone}>{word}</Status>;
      },
    },
    {
      key: "feature",
      head: "Feature",
      width: "minmax(110px,1fr)",
      priority: 1,
      cell: (call) => <Name text={call.feature} className="font-medium" />,
    },
    {
      key: "model",
      head: "Model",
      width: "minmax(110px,1.2fr)",
      priority: 1,
      cell: (call) => <Name text={call.model} className="font-mono text-xs text-ink-2" />,
    },
    {
      key: "user",
      head: "User",
      width: "minmax(72px,0.6fr)",
      priority: 3,
      cell: (call) => <Name text={call.user} className="text-ink-2" />,
    },
    {
      key: "attempts",
      head: "Tries",
      width: "52px",
      isRight: true,
      priority: 3,
      cell: (call) => (
        <span className={cx("num", call.attempts > 1 ? "text-warn" : "text-ink-2")}>
          {call.attempts}
        </span>
      ),
    },
    {
      key: "in",
      head: "Tokens in",
      width: "80px",
      isRight: true,
      priority: 2,
      cell: (call) => tokens(tokensIn(call.usage)),
    },
    {
      key: "out",
      head: "Out",
      width: "64px",
      isRight: true,
      priority: 2,
      cell: (call) => tokens(tokensOut(call.usage)),
    },
    {
      key: "latency",
      head: "Latency",
      width: "160px",
      isRight: true,
      priority: 1,
      cell: (call) => <Latency milliseconds={call.duration_ms} />,
    },
    {
      key: "cost",
      head: "Cost",
      width: "92px",
      isRight: true,
      priority: 1,
      cell: (call) => (
        <span
          className={cx("num", call.unpriced && "text-warn")}
          title={call.unpriced ? "A part of it has no price" : undefined}
        >
          {costOf(call)}
          {call.unpriced && <span aria-hidden>+</span>}
        </span>
      ),
    },
  ];
  return isNarrow ? all.filter((column) => column.priority < 3) : all;
}

function Latency({ milliseconds }: { milliseconds: number }) {
  const isSlow = milliseconds > SLOW_MS;
  return (
    <>
      <span aria-hidden className="h-1 w-12 shrink-0 overflow-hidden rounded-full bg-hover">
        <span
          className={cx("block h-full rounded-full", isSlow ? "bg-warn" : "bg-line-strong")}
          style={{ width: `${Math.min(100, (milliseconds / LONGEST_MS) * 100)}%` }}
        />
      </span>
      <span
        className={cx("num w-22 whitespace-nowrap text-right", isSlow && "font-medium text-warn")}
      >
        {duration(milliseconds)}
      </span>
    </>
  );
}

/** The two lines of a call on a phone. */
export function phoneRow(call: Call) {
  const { tone, word } = outcome(call);
  return (
    <>
      <span className="flex items-center gap-2">
        <Status tone={tone}>
          <span className="sr-only">{word}</span>
        </Status>
        <Name
          text={call.feature ?? call.model ?? call.error_code}
          className="min-w-0 font-medium"
        />
        <span className="num ml-auto shrink-0">{duration(call.duration_ms)}</span>
      </span>
      <span className="mt-0.5 flex gap-2 text-xs text-ink-3">
        <span className="num shrink-0">{clock(call.at)}</span>
        <Name text={call.feature && call.model ? call.model : word} className="min-w-0 font-mono" />
        <span className="num ml-auto shrink-0">{costOf(call)}</span>
      </span>
    </>
  );
}
