import { useEffect, useState } from "react";
import { ApiError, describe } from "@/api/problem";
import type { PlannedEntry } from "@/api/write";
import { words } from "@/lib/format";
import { Button } from "./button";
import { type Change, finish } from "./change";
import { Dialog } from "./dialog";
import { DiffTable } from "./diff";
import { TextField } from "./field";
import { Skeleton } from "./states";

type Phase =
  | { at: "planning" }
  | { at: "planned"; entries: PlannedEntry[] }
  | { at: "sending"; entries: PlannedEntry[] }
  | { at: "failed"; error: unknown; entries: PlannedEntry[] | null };

/** A change before it is made. */
export default function Review({ change, onClose }: { change: Change; onClose: () => void }) {
  const [phase, setPhase] = useState<Phase>({ at: "planning" });
  const [tag, setTag] = useState(change.tag);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");

  useEffect(() => {
    let isCurrent = true;
    setPhase({ at: "planning" });
    change.write.plan({ tag }).then(
      (entries) => isCurrent && setPhase({ at: "planned", entries }),
      (error) => isCurrent && setPhase({ at: "failed", error, entries: null }),
    );
    return () => {
      isCurrent = false;
    };
  }, [change, tag]);

  const entries = phase.at === "planning" ? null : phase.entries;
  const isConflict =
    phase.at === "failed" && phase.error instanceof ApiError && phase.error.status === 412;
  /** Plans anew against what is there now, so that a further change is noticed too. */
  const renew = async () => {
    try {
      setTag(await change.write.reread());
    } catch (error) {
      setPhase({ at: "failed", error, entries: null });
    }
  };
  const send = async () => {
    if (!entries) return;
    setPhase({ at: "sending", entries });
    try {
      const answer = await change.write.send({ tag, reason: reason || undefined });
      onClose();
      finish(change, answer);
    } catch (error) {
      setPhase({ at: "failed", error, entries });
    }
  };
  const mayPass =
    entries !== null && phase.at !== "sending" && (!change.confirm || typed === change.confirm);

  return (
    <Dialog
      open
      onClose={onClose}
      title={change.title}
      footer={
        <>
          <Button size="md" onClick={onClose}>
            Cancel
          </Button>
          {isConflict ? (
            <Button size="md" variant="primary" onClick={renew}>
              Review against the new state
            </Button>
          ) : (
            <Button
              size="md"
              variant={change.isDangerous ? "danger" : "primary"}
              disabled={!mayPass}
              onClick={send}
            >
              {change.verb}
            </Button>
          )}
        </>
      }
    >
      <div className="grid gap-3">
        {change.note}
        {isConflict ? (
          <p role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
            Someone else changed this since you opened it. Look at what your change does to the new
            state before you make it.
          </p>
        ) : (
          phase.at === "failed" && <Refusal error={phase.error} />
        )}
        {entries === null && phase.at === "planning" && <Skeleton className="h-24" />}
        {entries?.map((entry) => (
          <section key={`${entry.kind} ${entry.name} ${entry.action}`} className="grid gap-1.5">
            <h3 className="text-xs font-medium text-ink-2">
              {words(entry.action)} {entry.kind.replaceAll("_", " ")}{" "}
              <span className="font-mono">{entry.name}</span>
            </h3>
            <DiffTable differences={entry.differences} />
          </section>
        ))}
        {entries?.length === 0 && (
          <p className="text-sm text-ink-3">Nothing changes: it is so already.</p>
        )}
        {change.confirm && (
          <TextField
            label={`Type ${change.confirm} to go on`}
            help="This can't be taken back."
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        {!isConflict && (
          <TextField
            label="Reason"
            help="Optional. It stands in the journal beside the change."
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </div>
    </Dialog>
  );
}

function Refusal({ error }: { error: unknown }) {
  const { title, detail, requestId } = describe(error);
  return (
    <div role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
      <p className="font-medium">{title}</p>
      {detail && <p>{detail}</p>}
      {requestId && <p className="text-xs">Request {requestId}</p>}
    </div>
  );
}
