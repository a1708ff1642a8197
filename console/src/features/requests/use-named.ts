import { useQuery } from "@tanstack/react-query";
import { featuresQuery, keysQuery, modelsQuery, providersQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import type { RequestSearch } from "./search";

const isId = (text: string | undefined) => /^[a-z]+_[0-9a-f]{32}$/.test(text ?? "");

/** The same with things by name: sums link to them by id, and calls say their names. */
export function useNamed<T extends Pick<RequestSearch, "feature" | "provider" | "model" | "key">>(
  given: T,
): T {
  const can = useCan();
  const { feature, provider, model, key } = given;
  const features = useQuery({ ...featuresQuery, enabled: isId(feature) && can("features.read") });
  const providers = useQuery({ ...providersQuery, enabled: isId(provider) && can("models.read") });
  const models = useQuery({ ...modelsQuery, enabled: isId(model) && can("models.read") });
  const keys = useQuery({ ...keysQuery, enabled: isId(key) && can("keys.read") });
  return {
    ...given,
    feature: nameIn(features.data, feature),
    provider: nameIn(providers.data, provider),
    model: nameIn(models.data, model),
    key: nameIn(keys.data, key),
  };
}

type Named = { id: string; name: string };

/** The name of what is named by its id; the id where it is gone. */
export const nameIn = (things: Named[] | undefined, text: string | undefined) =>
  things?.find(({ id }) => id === text)?.name ?? text;
