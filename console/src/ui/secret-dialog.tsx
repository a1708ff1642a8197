import { useState } from "react";
import { Button } from "./button";
import { Code } from "./copy";
import { Dialog } from "./dialog";
import { Checkbox } from "./field";

/** A text that can't be read again. */
export type ShownOnce = {
  /** What was just done. */
  done: string;
  /** Absent where the answer was lost: the program gives it once. */
  text: string | undefined;
  /** What happens to the text before it. */
  note?: string;
};

const WORDS = {
  key: {
    label: "Key",
    where: "Put it where the application finds it.",
    lost: "The key is there, but the answer that held its text was lost. Rotate the key to get another text.",
  },
  token: {
    label: "Token",
    where: "Put it where the program finds it.",
    lost: "The token is there, but the answer that held its text was lost. Revoke it and issue another one.",
  },
};

/** The one time that the text of a key or token is shown. It closes when the reader says that he has it. */
export function SecretDialog(props: {
  of: keyof typeof WORDS;
  secret: ShownOnce;
  onClose: () => void;
}) {
  const { secret, onClose } = props;
  const { label, where, lost } = WORDS[props.of];
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
        <p className="text-sm">{lost}</p>
      ) : (
        <div className="grid gap-3">
          <p className="text-sm">
            {where} It can’t be shown again.
            {secret.note && ` ${secret.note}`}
          </p>
          <Code label={label} wrap>
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
