import type { Schemas } from "@/api/client";

export const TABS = ["providers", "models", "aliases", "routing", "catalogue"] as const;
export type Tab = (typeof TABS)[number];

export const TYPES = [
  "llm",
  "vision",
  "embedding",
  "image",
  "audio",
  "rerank",
  "moderation",
] as const satisfies readonly Schemas["ModelType"][];

export const ORDERS = [
  "name",
  "provider",
  "type",
  "context",
  "read",
  "written",
  "calls",
  "cost",
] as const;
export type Order = (typeof ORDERS)[number];

const EDITS = ["connection", "credentials", "limits", "details", "prices", "import"] as const;

/** What the URL of the models and providers says. */
export type ModelsSearch = {
  /** Absent: the providers. */
  tab?: Tab;
  q?: string;
  /** Only what belongs to this provider. */
  provider?: string;
  type?: Schemas["ModelType"];
  unpriced?: true;
  /** What the models are ordered by, with a minus for the greatest first. */
  sort?: Order | `-${Order}`;
  /** What the panel shows, by name. */
  sel?: string;
  new?: true;
  /** What is done with it. */
  edit?: (typeof EDITS)[number];
};

const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);

export function parseSearch(search: Record<string, unknown>): ModelsSearch {
  const sort = text(search.sort);
  return {
    tab: TABS.find((tab) => tab === search.tab),
    q: text(search.q),
    provider: text(search.provider),
    type: TYPES.find((type) => type === search.type),
    unpriced: search.unpriced === true ? true : undefined,
    sort: ORDERS.some((order) => order === sort?.replace(/^-/, ""))
      ? (sort as ModelsSearch["sort"])
      : undefined,
    sel: text(search.sel),
    new: search.new === true ? true : undefined,
    edit: EDITS.find((edit) => edit === search.edit),
  };
}

/** Changes a part of what the URL says. */
export type SetSearch = (part: Partial<ModelsSearch>) => void;
