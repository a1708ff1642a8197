import type { ModelsSearch, SetSearch } from "./search";

export function CatalogueTab(_: { search: ModelsSearch; set: SetSearch }) {
  return null;
}
