import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keysQuery } from "@/api/every-page";
import { count } from "@/lib/format";
import { works } from "@/lib/keys";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { EnvironmentName } from "@/ui/environment";
import { TextField } from "@/ui/field";
import { Loaded, SkeletonRows } from "@/ui/states";
import { revoking } from "./changes";

/** So many stand in the panel; the text finds the others. */
const SHOWN = 50;

/** The keys that still open, by name. */
export function RevokeKey() {
  const keys = useQuery(keysQuery);
  const [text, setText] = useState("");
  return (
    <div className="grid gap-2">
      <p className="text-xs text-ink-3">
        A revoked key is refused from its next call on and stays revoked.
      </p>
      <TextField
        label="Find a key"
        help="By its name, or how it begins or ends."
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Loaded query={keys} what="Keys" skeleton={<SkeletonRows rows={5} />}>
        {(all) => {
          const found = all.filter(
            (key) =>
              works(key) &&
              `${key.name} ${key.shown}`.toLowerCase().includes(text.trim().toLowerCase()),
          );
          return (
            <>
              <ul className="divide-y divide-line">
                {found.slice(0, SHOWN).map((key) => (
                  <li key={key.id} className="flex min-h-11 items-center gap-3 py-1">
                    <span className="min-w-0 flex-1">
                      <span
                        className="block truncate text-sm font-medium"
                        title={key.name}
                        dir="auto"
                      >
                        {key.name}
                      </span>
                      <span className="flex flex-wrap items-center gap-x-2 text-xs text-ink-3">
                        <EnvironmentName of={key.environment} />
                        <span className="font-mono">{key.shown}</span>
                      </span>
                    </span>
                    <Button onClick={() => review(revoking(key, () => {}))}>
                      Revoke<span className="sr-only"> {key.name}</span>
                    </Button>
                  </li>
                ))}
              </ul>
              {found.length === 0 && (
                <p className="text-sm text-ink-3">
                  {text ? "No open key is called so." : "No key is open."}
                </p>
              )}
              {found.length > SHOWN && (
                <p className="text-xs text-ink-3">
                  {SHOWN} of {count(found.length)}. Type more of the name.
                </p>
              )}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
