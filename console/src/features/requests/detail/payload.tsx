import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { ApiError } from "@/api/problem";
import { write } from "@/api/write";
import { moment } from "@/lib/format";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { Code } from "@/ui/copy";
import { Gate } from "@/ui/gate";
import { Failure, Skeleton } from "@/ui/states";
import { payloadQuery } from "../queries";
import { Section } from "./section";

/** What was said and answered, where it was kept: read only on demand. */
export function Payload({ id }: { id: string }) {
  const [step, setStep] = useState<"offered" | "wanted" | "erased">("offered");
  const isWanted = step === "wanted";
  const query = useQuery({ ...payloadQuery(id), enabled: isWanted });
  const isAbsent = query.error instanceof ApiError && query.error.status === 404;
  return (
    <Section title="What was said">
      {step === "erased" ? (
        <p className="text-sm text-ink-2">It was erased.</p>
      ) : !isWanted ? (
        <>
          <p className="text-xs text-ink-3">
            Requests and answers are kept where a feature says so. That you read this one is written
            into the journal.
          </p>
          <div>
            <Button onClick={() => setStep("wanted")}>Read and note in the journal</Button>
          </div>
        </>
      ) : query.data ? (
        <Kept payload={query.data} onErased={() => setStep("erased")} />
      ) : isAbsent ? (
        <p className="text-sm text-ink-2">Nothing is kept of this request.</p>
      ) : query.error ? (
        <Failure what="The payload" error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton className="h-24" />
      )}
    </Section>
  );
}

function Kept({ payload, onErased }: { payload: Schemas["Payload"]; onErased: () => void }) {
  const erase = () =>
    review({
      title: "Erase what was said",
      verb: "Erase",
      done: "Erased what was said",
      write: write("delete", "/api/platform/ai-management/usage/{id}/payload", {
        params: { path: { id: payload.call_id } },
      }),
      note: "The request and its answer are deleted for good. What it used and cost stays.",
      isDangerous: true,
      confirm: "erase",
      cannotUndo: true,
      onDone: onErased,
    });
  return (
    <div className="grid gap-2">
      <Text label="Request" body={payload.request} />
      <Text label="Answer" body={payload.answer} />
      <div className="flex items-center gap-2">
        <span className="num text-xs text-ink-3">Deleted on {moment(payload.expires_at)}</span>
        <Gate permission="payloads.erase">
          <Button className="ml-auto" onClick={erase}>
            Erase
          </Button>
        </Gate>
      </div>
    </div>
  );
}

function Text({ label, body }: { label: string; body: Schemas["KeptText"] | null | undefined }) {
  if (!body) return <p className="text-xs text-ink-3">{label}: no text.</p>;
  return (
    <div className="grid gap-1" dir="auto">
      <span className="text-xs text-ink-3">
        {label}
        {body.is_cut && ", cut where the policy says"}
      </span>
      <Code label={label} wrap>
        {pretty(body.text)}
      </Code>
    </div>
  );
}

/** JSON as people read it, anything else as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
