import type { Schemas } from "@/api/client";
import { VolumeBars } from "@/charts/bars";
import { count, moment } from "@/lib/format";
import { Skeleton } from "@/ui/states";

type Props = {
  volume: Schemas["CallVolume"] | undefined;
  /** A status is chosen: colours would say it again. */
  isPlain: boolean;
  /** The list is narrowed by what the bars don't know. */
  isWider: boolean;
  onJump: (at: string) => void;
};

/** How many calls there were when. A bar leads to its time. */
export function Volume({ volume, isPlain, isWider, onJump }: Props) {
  if (!volume) {
    return (
      <div className="border-b border-line px-4 pt-2 max-md:px-3">
        <Skeleton className="h-10" />
      </div>
    );
  }
  const bars = volume.items.map((bar) => ({
    at: bar.at,
    good: bar.success + bar.cancelled,
    bad: bar.error + bar.timeout + bar.blocked + bar.unknown,
  }));
  const failed = bars.reduce((sum, bar) => sum + bar.bad, 0);
  const length = volume.bucket_seconds * 1000;
  const jump = (at: string) => onJump(new Date(new Date(at).getTime() + length).toISOString());
  return (
    <div className="relative border-b border-line px-4 pt-2 max-md:px-3">
      <VolumeBars
        label={`${count(volume.calls)} requests from ${moment(volume.from)} to ${moment(volume.to)}, ${count(failed)} of them not answered`}
        bars={bars}
        isPlain={isPlain}
        onPick={jump}
      />
      {isWider && (
        <p className="absolute top-1 right-4 rounded-sm bg-canvas px-1.5 text-2xs text-ink-3">
          Bars show {count(volume.calls)}: the list is narrower
        </p>
      )}
    </div>
  );
}
