import { Link } from "@tanstack/react-router";
import { useCan } from "@/api/session";
import { words } from "@/lib/format";
import { useEnvironment } from "@/lib/use-environment";
import { Button, buttonClass } from "@/ui/button";
import { Empty } from "@/ui/states";
import { isNarrowed, NO_FILTERS, RANGES, type RequestSearch } from "./search";
import { spanLabel } from "./time";

type Props = {
  search: RequestSearch;
  set: (part: Partial<RequestSearch>) => void;
  isLive: boolean;
};

/** The filters name what there is not. */
export const NothingSo = ({ detail, onClear }: { detail?: string; onClear: () => void }) => (
  <div className="flex-1 bg-surface">
    <Empty
      title="No requests match these filters"
      action={<Button onClick={onClear}>Clear filters</Button>}
    >
      {detail}
    </Empty>
  </div>
);

/** Why the list has no rows, and what to do about it. */
export function NoRequests({ search, set, isLive }: Props) {
  const [environment] = useEnvironment();
  const can = useCan();
  if (isNarrowed(search)) {
    return (
      <Empty
        title="No requests match these filters"
        action={<Button onClick={() => set(NO_FILTERS)}>Clear filters</Button>}
      >
        {isLive ? "Those that come are shown here. " : ""}
        Remove a filter or look at a longer time.
      </Empty>
    );
  }
  const hasMore = search.range !== "month" || search.from || search.to || search.at;
  return (
    <Empty
      title={`No requests in ${words(environment)}`}
      action={
        hasMore ? (
          <Button
            onClick={() => set({ range: "month", from: undefined, to: undefined, at: undefined })}
          >
            Show the {RANGES.month.label.toLowerCase()}
          </Button>
        ) : (
          can("keys.write") && (
            <Link to="/keys" search={{ new: true }} className={buttonClass()}>
              Issue a key
            </Link>
          )
        )
      }
    >
      {isLive ? "Listening" : spanLabel(search)}. An application that calls with a key of this
      environment appears here at once.
    </Empty>
  );
}
