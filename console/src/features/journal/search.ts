/** What the page's URL says. */
import { endOf, isDay, startOf } from "@/lib/day";

export type JournalSearch = {
  /** The entry whose panel is open, by its place among all. */
  sel?: number;
  /** Its states: what changed where absent. */
  view?: "before" | "after";
  /** What the program narrows entries by. */
  kind?: string;
  actor?: string;
  object?: string;
  /** First and last day. */
  from?: string;
  to?: string;
  /** A text in a name, a reason or an id. */
  q?: string;
  /** The changes that were made as one, by their id. */
  set?: string;
  /** The chain is looked at. */
  verify?: true;
};

export function parseSearch(given: Record<string, unknown>): JournalSearch {
  const text = (name: string) => {
    const value = given[name];
    return typeof value === "string" && value.trim() ? value.trim() : undefined;
  };
  const day = (name: string) => (isDay(given[name]) ? given[name] : undefined);
  const [from, to] = [day("from"), day("to")];
  const seq = Number(given.sel);
  return {
    sel: Number.isSafeInteger(seq) && seq > 0 ? seq : undefined,
    view: given.view === "before" || given.view === "after" ? given.view : undefined,
    kind: text("kind"),
    actor: text("actor"),
    object: text("object"),
    from,
    to: from && to && to < from ? undefined : to,
    q: typeof given.q === "number" ? String(given.q) : text("q"),
    set: text("set"),
    verify: given.verify === true || undefined,
  };
}

export const NO_FILTERS = {
  kind: undefined,
  actor: undefined,
  object: undefined,
  from: undefined,
  to: undefined,
  q: undefined,
  set: undefined,
} satisfies Partial<JournalSearch>;

export const isNarrowed = (search: JournalSearch) =>
  Object.keys(NO_FILTERS).some((name) => search[name as keyof JournalSearch] !== undefined);

/** What the program is asked for. */
export const askedFor = ({ q, kind, actor, object, from, to }: JournalSearch) => ({
  q,
  kind,
  actor,
  object,
  from: from && startOf(from).toISOString(),
  to: to && endOf(to).toISOString(),
});
