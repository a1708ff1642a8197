import type { ModelsSearch, SetSearch } from "./search";

export function RoutingTab(_: { search: ModelsSearch; set: SetSearch }) {
  return null;
}
