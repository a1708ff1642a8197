import { X } from "lucide-react";
import { useCallback } from "react";
import { dayOf } from "@/lib/day";
import { kindWord } from "@/lib/decisions";
import { words } from "@/lib/format";
import { now } from "@/lib/now";
import { Button } from "@/ui/button";
import { DayInput } from "@/ui/day-input";
import { FacetPicker } from "@/ui/facet-picker";
import { Facet, FilterBar, SearchInput } from "@/ui/filter";
import { actorWord } from "./entry-words";
import type { Entry } from "./queries";
import { isNarrowed, type JournalSearch, NO_FILTERS } from "./search";

/** What decisions are about. A kind that is not here can be typed. */
const KINDS = [
  "alias",
  "application",
  "assignment",
  "budget",
  "feature",
  "key",
  "model",
  "organization",
  "payload",
  "provider",
  "re_rating",
  "routing_policy",
  "session",
  "settlement",
  "token",
  "user",
];
const KIND_OPTIONS = KINDS.map((kind) => ({ value: kind, label: words(kind) }));
const useKinds = () => KIND_OPTIONS;
const typed = (text: string) => ({ value: text, label: text });

type Props = {
  search: JournalSearch;
  change: (search: Partial<JournalSearch>) => void;
  /** Those that were read: whom and what one may mean. */
  entries: Entry[];
};

export function Filters({ search, change, entries }: Props) {
  const setText = useCallback((q: string) => change({ q: q || undefined }), [change]);
  const actors = new Map(
    entries.flatMap((entry) => (entry.actor_id ? [[entry.actor_id, actorWord(entry)]] : [])),
  );
  actors.set("system", "Glaux");
  const object = entries.find((entry) => entry.object === search.object);
  return (
    <FilterBar>
      <SearchInput
        label="Look for a text"
        placeholder="Name, reason or id"
        value={search.q ?? ""}
        onChange={setText}
      />
      <FacetPicker
        label="About"
        value={search.kind}
        chosen={search.kind && kindWord(search.kind)}
        onChange={(kind) => change({ kind })}
        useOptions={useKinds}
        accept={typed}
        placeholder="Kind of thing"
      />
      <FacetPicker
        label="By"
        value={search.actor}
        chosen={search.actor && actors.get(search.actor)}
        onChange={(actor) => change({ actor })}
        useOptions={() => [...actors].map(([value, label]) => ({ value, label }))}
        accept={typed}
        placeholder="Person or token"
      />
      {search.object && (
        <Facet on onClick={() => change({ object: undefined })}>
          Only <bdi className="max-w-40 truncate">{object?.name ?? search.object}</bdi>
          <X aria-label="Remove this filter" className="size-3" />
        </Facet>
      )}
      {search.set && (
        <Facet on onClick={() => change({ set: undefined })}>
          One change set
          <X aria-label="Remove this filter" className="size-3" />
        </Facet>
      )}
      <DayInput
        label="From this day"
        value={search.from}
        max={search.to ?? dayOf(now())}
        onChange={(from) => change({ from })}
      />
      <span className="text-xs text-ink-3">to</span>
      <DayInput
        label="To this day"
        value={search.to}
        min={search.from}
        onChange={(to) => change({ to })}
      />
      {isNarrowed(search) && (
        <Button variant="ghost" onClick={() => change(NO_FILTERS)}>
          Clear
        </Button>
      )}
    </FilterBar>
  );
}
