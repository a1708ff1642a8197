import type { Schemas } from "@/api/client";
import { cx } from "@/lib/cx";
import { duration } from "@/lib/format";
import { Shape } from "@/ui/status";
import { outcome, reason } from "../outcome";
import { Section } from "./section";

type Explanation = Schemas["Explanation"];
type Attempt = Schemas["Attempt"];

/** Which way the call took: models that were tried one after the other, when, and how each ended. */
export function Trace({ explanation: { call, attempts } }: { explanation: Explanation }) {
  const begin = momentOf(call?.at ?? attempts[0]?.at ?? "");
  const length = Math.max(
    call ? call.duration_micros / 1000 : 0,
    ...attempts.map((attempt) => offset(attempt, begin) + lengthOf(attempt)),
    0.001,
  );
  return (
    <Section
      title="Route"
      note={
        call && (
          <>
            asked for{" "}
            <bdi className="font-mono text-ink-2 [overflow-wrap:anywhere]">
              {call.requested_model}
            </bdi>
          </>
        )
      }
    >
      {attempts.length === 0 ? (
        <p className="text-sm text-ink-2">
          {call?.cached ? "Answered from the cache: no model was asked." : "No model was asked."}
        </p>
      ) : (
        <ol className="grid gap-2.5">
          {attempts.map((attempt) => (
            <Try
              key={attempt.id}
              attempt={attempt}
              begin={begin}
              length={length}
              isStream={call?.stream ?? false}
            />
          ))}
        </ol>
      )}
      {call && attempts.length > 0 && (
        <div className="num flex justify-between text-2xs text-ink-3" aria-hidden>
          <span>0</span>
          <span>{duration(length)}</span>
        </div>
      )}
    </Section>
  );
}

/** Milliseconds, with the microseconds that dates of the browser leave out. */
export function momentOf(at: string): number {
  const micros = at.match(/\.\d{3}(\d{3})/)?.[1] ?? "0";
  return Date.parse(at) + Number(micros) / 1000;
}

/** Milliseconds after the call began. */
const offset = (attempt: Attempt, begin: number) => Math.max(0, momentOf(attempt.at) - begin);

/** Whole milliseconds are kept of an attempt; its first byte is known to the microsecond. */
const lengthOf = (attempt: Attempt) =>
  Math.max(attempt.duration_ms, (attempt.first_byte_micros ?? 0) / 1000);

function Try(props: { attempt: Attempt; begin: number; length: number; isStream: boolean }) {
  const { attempt, begin, length } = props;
  const { tone, word } = outcome({ status: attempt.status });
  const why = reason(attempt);
  const own = lengthOf(attempt);
  // What is not streamed comes whole: its first byte says nothing.
  const micros = props.isStream ? attempt.first_byte_micros : null;
  const first = micros == null ? undefined : micros / 1000;
  const share = (milliseconds: number) => `${Math.min(100, (milliseconds / length) * 100)}%`;
  const start = offset(attempt, begin);
  return (
    <li className="grid gap-1 text-xs">
      <div className="flex items-center gap-2">
        <Shape tone={tone} />
        <span className="sr-only">{word}</span>
        <bdi className="min-w-0 truncate font-mono" title={attempt.model ?? undefined}>
          {attempt.model}
        </bdi>
        <span className="num ml-auto shrink-0 text-ink-3">
          {own === 0 ? "under 1 ms" : duration(own)}
        </span>
      </div>
      <div aria-hidden className="relative h-2.5 overflow-hidden rounded-sm bg-hover">
        <span
          className={cx(
            "absolute inset-y-0 min-w-1 overflow-hidden rounded-sm",
            tone === "bad" ? "bg-bad" : tone === "ok" ? "bg-accent-solid" : "bg-line-strong",
          )}
          style={{ left: `min(${share(start)}, 100% - 4px)`, width: share(own) }}
        >
          {first !== undefined && (
            <span
              className="absolute inset-y-0 left-0 bg-surface/55"
              style={{ width: `${Math.min(100, (first / own) * 100)}%` }}
            />
          )}
        </span>
      </div>
      {(why || first !== undefined || start >= 1) && (
        <p className="text-ink-3">
          {[
            why,
            first !== undefined && `first byte after ${duration(first)}`,
            start >= 1 && `begun after ${duration(start)}`,
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
      )}
    </li>
  );
}
