import { useState } from "react";
import { useCan, useMe } from "@/api/session";
import { write } from "@/api/write";
import type { Environment } from "@/lib/environment";
import { words } from "@/lib/format";
import { Button } from "@/ui/button";
import { make } from "@/ui/change";
import { Code } from "@/ui/copy";
import { TextField } from "@/ui/field";
import { type Journey, madeKey } from "./journey";
import { freeName } from "./provider-form";
import type { WelcomeSearch } from "./search";

/** What programs are known by. Its text is shown once. */
export function KeyStep(props: {
  journey: Journey;
  environment: Environment;
  go: (change: WelcomeSearch) => void;
}) {
  const { journey, environment, go } = props;
  const { feature, usable, issued } = journey;
  const can = useCan();
  const organization = useMe().organization.id;
  const [name, setName] = useState(() =>
    freeName(
      "my-laptop",
      usable.map((key) => key.name),
    ),
  );
  const [isBusy, setBusy] = useState(false);
  if (!feature) return <p className="text-sm text-ink-2">Make a feature first.</p>;
  const issue = async () => {
    setBusy(true);
    await make({
      title: `Issue ${name}`,
      verb: "Issue",
      done: `Issued ${name}`,
      cannotUndo: true,
      write: write("post", "/api/platform/ai-management/keys", {
        body: {
          name: name.trim(),
          environment,
          features: [feature.name],
          models: [],
          ip_allow: [],
          ip_deny: [],
          limits: UNLIMITED,
          user_limits: UNLIMITED,
        },
      }),
      onDone: (key) => {
        madeKey.set({ organization, key });
        go({ step: "call" });
      },
    });
    setBusy(false);
  };
  return (
    <>
      {issued && (
        <>
          <p className="text-sm text-ink-2">
            Keep it where your program finds it: it is shown only until this page is left.
          </p>
          <Code label="Key" wrap>
            {issued.key}
          </Code>
        </>
      )}
      {!issued && usable.length > 0 && (
        <div className="flex flex-wrap items-center gap-2 rounded-md bg-hover px-3 py-2 text-sm text-ink-2">
          <span className="min-w-0 flex-1">
            {usable.length === 1 ? "A key" : `${usable.length} keys`} for it in {words(environment)}{" "}
            exist: <span dir="auto">{usable.map((key) => key.name).join(", ")}</span>. Their texts
            were shown once.
          </span>
          <Button onClick={() => go({ step: "call" })}>I have one</Button>
        </div>
      )}
      {can("keys.write") ? (
        <form
          className="flex flex-wrap items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            void issue();
          }}
        >
          <div className="min-w-0 flex-1">
            <TextField
              label="Name of the key"
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          </div>
          <Button
            type="submit"
            size="md"
            variant={issued ? "secondary" : "primary"}
            disabled={isBusy || !name.trim()}
          >
            {issued ? "Make another key" : "Make key"}
          </Button>
        </form>
      ) : (
        <p className="text-sm text-ink-2">Making a key needs the right keys.write.</p>
      )}
    </>
  );
}

const UNLIMITED = { requests_per_minute: null, tokens_per_minute: null, concurrency: null };
