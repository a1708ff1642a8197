import { useMutation } from "@tanstack/react-query";
import { Button } from "@/ui/button";
import { notify } from "@/ui/toast";
import { bodyOf } from "./snippets";

/** Makes the call from this page, for who has no terminal at hand: as programs do, at the gateway, which no client of `api` knows. */
export function SendHere({ keyText, model }: { keyText: string; model: string }) {
  const send = useMutation({
    mutationFn: async () => {
      const answer = await fetch("/v1/chat/completions", {
        method: "POST",
        headers: { authorization: `Bearer ${keyText}`, "content-type": "application/json" },
        body: JSON.stringify(bodyOf(model)),
      });
      const body = (await answer.json()) as { error?: { message?: string } };
      if (!answer.ok) throw new Error(body.error?.message ?? `Status ${answer.status}`);
    },
    onError: (error) =>
      notify({ title: "The call failed", detail: (error as Error).message, tone: "bad" }),
  });
  return (
    <Button disabled={send.isPending} onClick={() => send.mutate()}>
      {send.isPending ? "Sending" : "Send it from here"}
    </Button>
  );
}
