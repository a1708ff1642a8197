import { type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { ApiError, describe } from "@/api/problem";
import type { Write } from "@/api/write";
import { cx } from "@/lib/cx";
import { useStore } from "@/lib/store";
import { Button } from "./button";
import { type Change, finish, review, reviewed } from "./change";
import { Dialog } from "./dialog";

/** What is wrong with the field that a JSON pointer names, or with a part of it. */
export type ErrorAt = (pointer: string) => string | undefined;

/**
 * A form in front of the page. What the program refuses is said at the field that it names, above the fields otherwise.
 *
 * A change of what is there is looked at before it is made; the form waits behind, and comes back when the reader cancels.
 */
export function FormDialog<T>(props: {
  title: ReactNode;
  description?: ReactNode;
  /** The word on the button. */
  verb: string;
  /** What is asked for, read from the fields; nothing while one of them is wrong. */
  change: () => Change<T> | undefined;
  /** Made at once: what is new has nothing to be compared with. */
  isNew?: boolean;
  isDisabled?: boolean;
  /** It shows itself what came of it. */
  staysOpen?: boolean;
  onClose: () => void;
  size?: "md" | "lg";
  children: (errorAt: ErrorAt) => ReactNode;
}) {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const isReviewed = useStore(reviewed, (change) => change !== null);
  const id = useId();
  const held = useRef<Write<T> | null>(null);
  const fields = error instanceof ApiError ? error.fields : [];
  const shown = new Set<string>();
  const body = props.children((pointer) => {
    const found = fields.filter(
      (field) => field.pointer === pointer || field.pointer.startsWith(`${pointer}/`),
    );
    for (const field of found) shown.add(field.pointer);
    return found.map((field) => field.detail).join("; ") || undefined;
  });
  const elsewhere =
    error !== null && (fields.length === 0 || fields.some((one) => !shown.has(one.pointer)));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const asked = props.change();
    if (!asked || isBusy) return;
    // Asked for again after an answer that was lost, it is the same change, made once.
    const isSame = held.current?.signature === asked.write.signature;
    const change = isSame ? { ...asked, write: held.current! } : asked;
    held.current = change.write;
    setBusy(true);
    setError(null);
    try {
      if (props.isNew) {
        const answer = await change.write.send({ tag: change.tag });
        held.current = null;
        if (!props.staysOpen) props.onClose();
        finish(change, answer);
      } else {
        await change.write.plan({ tag: change.tag }).catch(unlessConflict);
        const done = (answer: T & { journal_seq?: number }) => {
          props.onClose();
          change.onDone?.(answer);
        };
        review({ ...change, onDone: done });
      }
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={!isReviewed}
      onClose={props.onClose}
      title={props.title}
      description={props.description}
      size={props.size}
      footer={
        <>
          <Button size="md" onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            form={id}
            size="md"
            variant="primary"
            disabled={isBusy || props.isDisabled}
          >
            {props.verb}
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={submit} noValidate className="grid gap-4">
        {elsewhere && <Refused error={error} />}
        {body}
      </form>
    </Dialog>
  );
}

/** Whoever changed it since: the review shows what differs. */
function unlessConflict(error: unknown) {
  if (!(error instanceof ApiError && error.status === 412)) throw error;
}

function Refused({ error }: { error: unknown }) {
  const { title, detail } = describe(error);
  return (
    <div role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
      <p className="font-medium">{title}</p>
      {detail && <p className="[overflow-wrap:anywhere]">{detail}</p>}
    </div>
  );
}

/** Fields that belong together, beside each other where there is room. */
export const FieldGroup = ({
  title,
  help,
  columns = 2,
  children,
}: {
  title?: ReactNode;
  help?: ReactNode;
  columns?: 1 | 2 | 3;
  children: ReactNode;
}) => (
  <fieldset
    className={cx("grid gap-3", { 1: "", 2: "sm:grid-cols-2", 3: "sm:grid-cols-3" }[columns])}
  >
    {title && (
      <legend className="mb-2 grid text-sm font-medium">
        {title}
        {help && <span className="text-xs font-normal text-ink-3">{help}</span>}
      </legend>
    )}
    {children}
  </fieldset>
);
