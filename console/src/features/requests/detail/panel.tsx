import { useQuery } from "@tanstack/react-query";
import { CopyButton } from "@/ui/copy";
import { Gate } from "@/ui/gate";
import { SidePanel } from "@/ui/side-panel";
import { Loaded, Skeleton } from "@/ui/states";
import { Status } from "@/ui/status";
import { outcome } from "../outcome";
import { explanationQuery } from "../queries";
import { Charges } from "./charges";
import { Figures } from "./figures";
import { Origin } from "./origin";
import { Payload } from "./payload";
import { Trace } from "./trace";

/** A call taken apart. */
export function DetailPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery(explanationQuery(id));
  const { data } = query;
  const ending = data?.call
    ? outcome({ ...data.call, attempts: data.attempts.length })
    : { word: "Under way", tone: "info" as const };
  return (
    <SidePanel
      label="Request"
      onClose={onClose}
      title={
        <>
          {data && (
            <span className="shrink-0 text-xs font-normal">
              <Status tone={ending.tone}>{ending.word}</Status>
            </span>
          )}
          <code className="min-w-0 truncate font-mono text-xs font-normal text-ink-2" title={id}>
            {data?.call_id ?? id}
          </code>
          <CopyButton text={data?.call_id ?? id} label="Copy id" />
        </>
      }
    >
      <Loaded query={query} what="This request" skeleton={<PanelSkeleton />}>
        {(explanation) => (
          <div className="grid gap-5">
            <Figures explanation={explanation} />
            <Trace explanation={explanation} />
            <Charges attempts={explanation.attempts} />
            <Origin explanation={explanation} />
            <Gate permission="payloads.read">
              <Payload key={explanation.call_id} id={explanation.call_id} />
            </Gate>
          </div>
        )}
      </Loaded>
    </SidePanel>
  );
}

const PanelSkeleton = () => (
  <div role="status" aria-label="Loading" className="grid gap-3">
    <div className="grid grid-cols-2 gap-x-4 gap-y-3">
      {Array.from({ length: 6 }, (_, index) => (
        <Skeleton key={index} className="h-5" />
      ))}
    </div>
    <Skeleton className="h-24" />
    <Skeleton className="h-32" />
  </div>
);
