import { useState } from "react";
import type { Schemas } from "@/api/client";
import { write } from "@/api/write";
import { moment, words } from "@/lib/format";
import { now } from "@/lib/now";
import { InProduction } from "@/ui/environment";
import { SelectField } from "@/ui/field";
import { FormDialog } from "@/ui/form-dialog";
import type { ShownOnce } from "@/ui/secret-dialog";

const OVERLAPS = [
  { seconds: 0, label: "Not at all: it ends at once" },
  { seconds: 3600, label: "An hour" },
  { seconds: 86_400, label: "A day" },
  { seconds: 7 * 86_400, label: "A week" },
] as const;

/** Gives a key another text, with time to bring it to where the old one is. */
export function RotateKey(props: {
  of: Schemas["Key"];
  onClose: () => void;
  onSecret: (secret: ShownOnce) => void;
}) {
  const { of } = props;
  const [seconds, setSeconds] = useState<number>(86_400);
  const change = () => ({
    title: `Rotate key ${of.name}`,
    verb: "Rotate",
    done: `Rotated key ${of.name}`,
    isQuiet: true,
    ...(seconds === 0 && { note: <EndsAtOnce of={of} />, confirm: of.name, isDangerous: true }),
    write: write("post", "/api/platform/ai-management/keys/{key}/rotate", {
      params: { path: { key: of.id } },
      body: { overlap_seconds: seconds },
    }),
    onDone: (answer: { name: string; key?: string }) =>
      props.onSecret({
        done: `Rotated key ${answer.name}`,
        text: answer.key,
        note: noteOf(seconds),
      }),
  });
  return (
    <FormDialog
      title={`Rotate key ${of.name}`}
      description={`${words(of.environment)} · ${of.shown}`}
      verb="Rotate key"
      change={change}
      isNew={seconds > 0}
      onClose={props.onClose}
    >
      {(errorAt) => (
        <SelectField
          label="How long the old text still works"
          help="Bring the new one to every place within that time. The limits and the history stay."
          error={errorAt("/overlap_seconds")}
          value={seconds}
          onChange={(event) => setSeconds(Number(event.target.value))}
        >
          {OVERLAPS.map((overlap) => (
            <option key={overlap.seconds} value={overlap.seconds}>
              {overlap.label}
            </option>
          ))}
        </SelectField>
      )}
    </FormDialog>
  );
}

const ENDS_AT_ONCE = "The old text is refused from the next call on, and does not come back.";

const EndsAtOnce = ({ of }: { of: Schemas["Key"] }) =>
  of.environment === "production" ? (
    <InProduction>{ENDS_AT_ONCE}</InProduction>
  ) : (
    <p className="text-sm">{ENDS_AT_ONCE}</p>
  );

const noteOf = (seconds: number) =>
  seconds === 0
    ? "The old text works no more."
    : `The old text works until ${moment(now() + seconds * 1000)}.`;
