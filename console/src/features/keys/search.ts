import { type Environment, isEnvironment } from "@/lib/environment";
import { isState, type KeyState } from "./state";

export const EDITS = ["access", "rotate"] as const;

/** What the URL of the keys says. */
export type KeysSearch = {
  q?: string;
  /** Only keys of this environment. */
  in?: Environment;
  state?: KeyState;
  /** The key whose panel is open, by id. */
  sel?: string;
  new?: true;
  /** What is done with the selected key. */
  edit?: (typeof EDITS)[number];
};

export const parseSearch = (search: Record<string, unknown>): KeysSearch => ({
  q: typeof search.q === "string" && search.q ? search.q : undefined,
  in: isEnvironment(search.in) ? search.in : undefined,
  state: isState(search.state) ? search.state : undefined,
  sel: typeof search.sel === "string" ? search.sel : undefined,
  new: search.new === true ? true : undefined,
  edit: EDITS.find((one) => one === search.edit),
});
