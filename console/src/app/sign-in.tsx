import { useEffect, useState } from "react";
import { queryClient } from "@/api/client";
import { meQuery } from "@/api/session";
import { Button } from "@/ui/button";
import { Code } from "@/ui/copy";
import { TextField } from "@/ui/field";
import { Brand } from "./brand";

const PROBLEMS: Record<string, string> = {
  link_used: "This link was used already, or it is older than an hour. Make a new one.",
  too_many_attempts: "Too many links were wrong. Wait a minute, then use a new one.",
};

/** The way in: a link that works once. */
export function SignIn() {
  const problem = new URLSearchParams(location.search).get("problem");
  const [text, setText] = useState("");
  const token = tokenIn(text);
  useEffect(() => {
    document.title = "Sign in · Glaux";
    // He may have signed in in another tab meanwhile.
    const look = () => void queryClient.refetchQueries(meQuery);
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, []);
  return (
    <main className="grid min-h-dvh place-items-center bg-canvas p-4">
      <div className="grid w-full max-w-[400px] gap-4">
        <div className="flex items-center gap-2">
          <Brand />
          <h1 className="text-[15px] font-semibold">Sign in to Glaux</h1>
        </div>
        {problem && (
          <p role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
            {PROBLEMS[problem] ?? "That did not work. Make a new link."}
          </p>
        )}
        <div className="panel grid gap-3 p-4">
          <p className="text-sm text-ink-2">
            Glaux prints a sign-in link when it starts. It works once and for an hour. Where it
            runs, this makes a new one:
          </p>
          <Code label="Command">glaux sign-in-link</Code>
          <form
            className="grid gap-3"
            onSubmit={(event) => {
              event.preventDefault();
              if (!token) return;
              sessionStorage.setItem(RETURN, location.pathname + location.search);
              location.assign(`/api/auth/link?token=${encodeURIComponent(token)}`);
            }}
          >
            <TextField
              label="Link"
              placeholder="Paste it here"
              value={text}
              error={text && !token ? "A link ends with token= and a long text." : undefined}
              onChange={(event) => setText(event.target.value)}
            />
            <Button type="submit" variant="primary" size="md" disabled={!token}>
              Sign in
            </Button>
          </form>
        </div>
      </div>
    </main>
  );
}

const RETURN = "glaux.return";

/** The page on which the reader was asked to sign in, once. */
export function takeReturn(): string | null {
  const wanted = sessionStorage.getItem(RETURN);
  sessionStorage.removeItem(RETURN);
  // A path of ours and nothing that another origin could be read from.
  return wanted && /^\/(?!\/|sign-in)/.test(wanted) ? wanted : null;
}

/** The token of a pasted link, or the pasted token. */
export function tokenIn(text: string): string | null {
  const trimmed = text.trim();
  const inLink = new URLSearchParams(trimmed.split("?")[1]).get("token");
  if (inLink) return inLink;
  return /^[\w-]{16,}$/.test(trimmed) ? trimmed : null;
}
