import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Schemas } from "@/api/client";
import { clock, count, plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy";
import { Dialog } from "@/ui/dialog";
import { Facts } from "@/ui/panel";
import { Failure, Skeleton } from "@/ui/states";
import { Shape, type Tone } from "@/ui/status";
import { verificationQuery } from "./queries";

/** Whether the journal is whole: said in a word, explained on demand. */
export function Verification(props: { isOpen: boolean; onOpen: (isOpen: boolean) => void }) {
  const chain = useQuery(verificationQuery);
  const { refetch, data, error, isFetching } = chain;
  useEffect(() => {
    if (!data) void refetch();
  }, [data, refetch]);
  const [tone, word]: [Tone, string] = data
    ? data.broken
      ? ["bad", "Chain broken"]
      : ["ok", "Chain whole"]
    : error
      ? ["warn", "Not verified"]
      : ["mute", "Verifying"];
  return (
    <>
      <Button onClick={() => props.onOpen(true)} aria-haspopup="dialog">
        <Shape tone={tone} />
        {word}
        {data && !data.broken && (
          <span className="num font-normal text-ink-3 max-md:hidden">
            {plural(data.entries, "entry", "entries")}
          </span>
        )}
      </Button>
      <Dialog
        open={props.isOpen}
        onClose={() => props.onOpen(false)}
        title="Is the journal whole?"
        description="Each entry holds the hash of the one before it: an entry that was changed, put in or taken out breaks the chain."
        footer={
          <Button size="md" variant="primary" disabled={isFetching} onClick={() => void refetch()}>
            {isFetching ? "Verifying" : "Verify again"}
          </Button>
        }
      >
        {data ? (
          <Result chain={data} at={chain.dataUpdatedAt} />
        ) : error ? (
          <Failure error={error} what="The chain" />
        ) : (
          <Skeleton className="h-28" />
        )}
      </Dialog>
    </>
  );
}

type Chain = Schemas["JournalVerification"];

function Result({ chain, at }: { chain: Chain; at: number }) {
  return (
    <div className="grid gap-3">
      {chain.broken ? (
        <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
          {chain.broken}
        </p>
      ) : (
        <p role="status" className="rounded-md bg-ok-soft px-3 py-2 text-sm text-ok">
          {plural(chain.entries, "entry is", "entries are")} as written.
        </p>
      )}
      <Facts
        rows={[
          ["Whole entries", count(chain.entries)],
          ["Of these erased, with hashes kept", count(chain.erased)],
          ["Verified", clock(at)],
        ]}
      />
      <div>
        <p className="text-xs text-ink-3">
          Head: write it down elsewhere, and nobody can rewrite what is before it unnoticed.
        </p>
        <p className="mt-1 flex items-center gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
          <code className="min-w-0 flex-1 font-mono text-xs [overflow-wrap:anywhere]">
            {chain.head}
          </code>
          <CopyButton text={chain.head} label="Copy head" />
        </p>
      </div>
    </div>
  );
}
