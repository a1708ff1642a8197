import type { Schemas } from "@/api/client";
import { count, duration, moment, money, NONE, words } from "@/lib/format";
import { Facts } from "@/ui/panel";
import { Shape } from "@/ui/status";
import { tokensIn, tokensOut } from "../columns";
import { outcome } from "../outcome";

type Explanation = Schemas["Explanation"];

/** What it took and what it came to. */
export function Figures({ explanation: { call, attempts } }: { explanation: Explanation }) {
  const total = (of: (usage: object) => number | undefined) => {
    const found = attempts.map((attempt) => of(attempt.usage)).filter((one) => one !== undefined);
    return found.length > 0 ? count(found.reduce((sum, one) => sum + one, 0)) : NONE;
  };
  return (
    <div className="grid gap-2">
      {call && <Problem call={call} />}
      <Facts
        columns={2}
        rows={[
          ["Latency", call ? duration(call.duration_micros / 1000) : NONE],
          ["Cost", money(call?.cost)],
          [
            "First byte",
            call?.first_byte_micros == null ? NONE : duration(call.first_byte_micros / 1000),
          ],
          ["Answered", call?.http_status ?? NONE],
          ["Tokens in", total(tokensIn)],
          ["Tokens out", total(tokensOut)],
        ]}
      />
      {call && <p className="num text-xs text-ink-3">{moment(call.at)}</p>}
    </div>
  );
}

/** What went wrong, and what stood in the way. */
function Problem({ call }: { call: Schemas["Call"] }) {
  if (call.status === "success") return null;
  const { tone, word } = outcome(call);
  const ground = { bad: "bg-bad-soft text-bad", warn: "bg-warn-soft text-warn" }[tone as string];
  return (
    <p
      className={`flex items-start gap-2 rounded-md px-2.5 py-2 text-sm ${ground ?? "bg-hover text-ink-2"}`}
    >
      <Shape tone={tone} className="mt-1.5" />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {call.error_code ? words(call.error_code) : word}
        {call.blocked_by && (
          <>
            : <bdi>{call.blocked_by}</bdi>
          </>
        )}
      </span>
    </p>
  );
}
