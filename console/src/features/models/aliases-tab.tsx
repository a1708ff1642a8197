import type { ModelsSearch, SetSearch } from "./search";

export function AliasesTab(_: { search: ModelsSearch; set: SetSearch }) {
  return null;
}
