import type { Schemas } from "@/api/client";
import { providerOf } from "./provider-rows";

/** What of a provider's models stands in the catalogue. */
export type CatalogueRow = {
  provider: Schemas["Provider"];
  /** The catalogue's names for it, as its models tell. */
  catalogues: string[];
  taken: number;
  stated: number;
  unpriced: number;
  /** The day of the oldest source of a figure. */
  oldest?: string;
};

export function catalogueRows(
  providers: Schemas["Provider"][],
  models: Schemas["Model"][],
): CatalogueRow[] {
  return providers.map((provider) => {
    const own = models.filter((model) => providerOf(model.name) === provider.name);
    const taken = own.filter((model) => model.origin);
    const days = taken.map((model) => model.origin?.as_of).filter((day) => day != null);
    return {
      provider,
      catalogues: [...new Set(taken.map((model) => model.origin?.catalog ?? ""))].filter(Boolean),
      taken: taken.length,
      stated: own.length - taken.length,
      unpriced: own.filter((model) => model.prices.length === 0).length,
      oldest: days.sort()[0],
    };
  });
}
