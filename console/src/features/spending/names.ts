/** Names of what sums and scopes call by id. */
import { useQuery } from "@tanstack/react-query";
import { applicationsQuery, featuresQuery, keysQuery, providersQuery } from "@/api/every-page";
import { useCan } from "@/api/session";

type Named = { id: string; name: string };
export type Names = ReadonlyMap<string, string>;

/** What the reader may see of what there is. */
export function useThings() {
  const can = useCan();
  const features = useQuery({ ...featuresQuery, enabled: can("features.read") });
  const keys = useQuery({ ...keysQuery, enabled: can("keys.read") });
  const providers = useQuery({ ...providersQuery, enabled: can("models.read") });
  const applications = useQuery({ ...applicationsQuery, enabled: can("applications.read") });
  return {
    feature: features.data ?? [],
    key: keys.data ?? [],
    provider: providers.data ?? [],
    application: applications.data ?? [],
  };
}

/** Names by id. */
export function useNames(): Names {
  const things = useThings();
  const all: Named[] = [
    ...things.feature,
    ...things.key,
    ...things.provider,
    ...things.application,
  ];
  return new Map(all.map((one) => [one.id, one.name]));
}

/** The name, or what there is of it: who may not read keys sees their ids. */
export const nameOf = (names: Names, id: string) =>
  names.get(id) ?? id.replace(/^([a-z]+_)[0-9a-f]{20,}([0-9a-f]{6})$/, "$1…$2");
