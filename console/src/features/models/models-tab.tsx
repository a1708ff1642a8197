import type { ModelsSearch, SetSearch } from "./search";

export function ModelsTab(_: { search: ModelsSearch; set: SetSearch }) {
  return null;
}
