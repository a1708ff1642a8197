import { useNavigate, useSearch } from "@tanstack/react-router";
import { Radio, RotateCw, X } from "lucide-react";
import { useCallback, useRef } from "react";
import { moment } from "@/lib/format";
import { Button } from "@/ui/button";
import { FacetButton } from "@/ui/filter";
import { PageHeader } from "@/ui/page";
import { Counted } from "./counted";
import { DetailPanel } from "./detail/panel";
import { Filters } from "./filters";
import { List } from "./list";
import { isCounted, type RequestSearch } from "./search";
import { TimePicker } from "./time";
import { useList } from "./use-list";
import { Volume } from "./volume";

export function RequestsPage() {
  const search = useSearch({ from: "/requests" });
  const navigate = useNavigate({ from: "/requests" });
  const set = useCallback(
    (part: Partial<RequestSearch>) =>
      void navigate({ search: (old) => ({ ...old, ...part }), replace: true }),
    [navigate],
  );
  const select = useCallback(
    (sel: string | undefined) => void navigate({ search: (old) => ({ ...old, sel }) }),
    [navigate],
  );
  const close = useCallback(() => select(undefined), [select]);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useList(search, scroller);
  const { isLive, again, volume } = list;

  const follow = () => {
    again();
    // A span that has ended gets no more calls.
    const span = search.to ? { from: undefined, to: undefined } : {};
    set({ live: true, at: undefined, ...span });
  };
  return (
    <div className="flex h-full flex-col">
      <PageHeader title="Requests" sub={<Counted list={list} />}>
        {search.at && (
          <FacetButton on onClick={() => set({ at: undefined })}>
            <span className="num">Back from {moment(search.at)}</span>
            <X aria-label="Go to the latest" className="size-3" />
          </FacetButton>
        )}
        <Button
          aria-pressed={isLive}
          className="aria-pressed:border-accent aria-pressed:bg-accent-soft"
          onClick={() => (isLive ? set({ live: undefined }) : follow())}
        >
          <Radio aria-hidden className="size-3.5" /> <span className="max-sm:sr-only">Live</span>
        </Button>
        <TimePicker search={search} set={set} />
        <Button variant="ghost" size="icon" aria-label="Read again" onClick={again}>
          <RotateCw aria-hidden className="size-3.5" />
        </Button>
      </PageHeader>
      <Filters search={search} set={set} />
      {!volume.error && (
        <Volume
          volume={volume.data}
          isPlain={search.status !== undefined}
          isWider={!isCounted(search)}
          onJump={(at) => set({ at, live: undefined })}
        />
      )}
      <div className="flex min-h-0 flex-1">
        <List list={list} scroller={scroller} search={search} set={set} select={select} />
        {search.sel && <DetailPanel id={search.sel} onClose={close} />}
      </div>
    </div>
  );
}
