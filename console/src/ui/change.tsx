/**
 * How a page changes something: what would change is asked first and shown, then it is made, then it can be taken back.
 *
 * A page calls `review(change)`, and gets the dialog with differences, reason and, where it matters, the name to type.
 * `make(change)` does it at once, for what can be taken back and costs nothing.
 */
import { lazy, type ReactNode, Suspense } from "react";
import { describe } from "@/api/problem";
import { undo, type Write } from "@/api/write";
import { store, useStore } from "@/lib/store";
import { notify } from "./toast";

export type Change<T = unknown> = {
  /** `Assign gpt-4.1 to chatbot` */
  title: string;
  /** The word on the button: `Assign` */
  verb: string;
  /** The same when it is done: `Assigned gpt-4.1 to chatbot` */
  done: string;
  write: Write<T>;
  /** The tag of the state that the reader saw. */
  tag?: string;
  /** What else he should know before: its effect, or that it can't be taken back. */
  note?: ReactNode;
  /** He types this name before a change that can't be taken back. */
  confirm?: string;
  isDangerous?: boolean;
  /** Nothing to take back: what a key's text was is shown once. */
  cannotUndo?: boolean;
  /** What follows says that it is done. */
  isQuiet?: boolean;
  onDone?: (answer: T & { journal_seq?: number }) => void;
};

export const reviewed = store<Change | null>(null);

/** Shows what a change would do, and makes it when the reader agrees. */
export const review = <T,>(change: Change<T>) => reviewed.set(change as Change);

/** Makes a change at once. */
export async function make<T>(change: Change<T>) {
  try {
    finish(change, await change.write.send({ tag: change.tag }));
  } catch (error) {
    const { title, detail } = describe(error);
    notify({ title: `${change.title}: not done`, detail: detail ?? title, tone: "bad" });
  }
}

/** Says that it is done, and offers the way back. */
export function finish<T>(change: Change<T>, answer: T & { journal_seq?: number }) {
  const seq = answer?.journal_seq;
  const back = () =>
    review({
      title: `Undo: ${change.done}`,
      verb: "Undo",
      done: `Undone: ${change.done}`,
      write: undo(seq ?? 0),
    });
  if (change.isQuiet) return change.onDone?.(answer);
  notify({
    title: change.done,
    detail: seq === undefined ? "Nothing was different." : `Journal ${seq}`,
    action: seq === undefined || change.cannotUndo ? undefined : { label: "Undo", run: back },
  });
  change.onDone?.(answer);
}

const Review = lazy(() => import("./review"));

/** Where the dialog of a change appears. */
export function ReviewHost() {
  const change = useStore(reviewed);
  if (!change) return null;
  return (
    <Suspense fallback={null}>
      <Review change={change} onClose={() => reviewed.set(null)} />
    </Suspense>
  );
}
