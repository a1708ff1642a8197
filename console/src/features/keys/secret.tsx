import { useState } from "react";
import { Button } from "@/ui/button";
import { Code } from "@/ui/copy";
import { Dialog } from "@/ui/dialog";
import { Checkbox } from "@/ui/field";

/** A text that can't be read again. */
export type ShownOnce = {
  /** What was just done. */
  done: string;
  /** Absent where the answer was lost: the program gives it once. */
  text: string | undefined;
  /** What happens to the text before it. */
  note?: string;
};

/** The one time that a key's text is shown. It closes when the reader says that he has it. */
export function SecretDialog({ secret, onClose }: { secret: ShownOnce; onClose: () => void }) {
  const [isSaved, setSaved] = useState(secret.text === undefined);
  const [isAsked, setAsked] = useState(false);
  return (
    <Dialog
      open
      onClose={() => (isSaved ? onClose() : setAsked(true))}
      title={secret.done}
      footer={
        <Button size="md" variant="primary" disabled={!isSaved} onClick={onClose}>
          Done
        </Button>
      }
    >
      {secret.text === undefined ? (
        <p className="text-sm">
          The key is there, but the answer that held its text was lost. Rotate the key to get
          another text.
        </p>
      ) : (
        <div className="grid gap-3">
          <p className="text-sm">
            Put it where the application finds it. It can’t be shown again.
            {secret.note && ` ${secret.note}`}
          </p>
          <Code label="Key" wrap>
            {secret.text}
          </Code>
          <Checkbox
            label="I have saved it"
            checked={isSaved}
            onChange={(event) => setSaved(event.target.checked)}
          />
          {isAsked && !isSaved && (
            <p role="alert" className="text-xs text-bad">
              Say that you have saved it before you close this.
            </p>
          )}
        </div>
      )}
    </Dialog>
  );
}
