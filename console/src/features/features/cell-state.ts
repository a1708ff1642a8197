/** How a feature is served in an environment, in one word. */
import type { Schemas } from "@/api/client";
import type { Tone } from "@/ui/status";
import type { Assignment, Feature } from "./queries";
import { TONE } from "./status";

type Healths = Schemas["ProviderHealths"];
export type CellState = { tone: Tone; word: string };

/** From what the feature is, and whether calls reach the models that are asked first. */
export function stateOf(
  feature: Pick<Feature, "status">,
  { models }: Pick<Assignment, "models">,
  healths: Healths | undefined,
): CellState {
  if (feature.status !== "active") {
    const word = feature.status === "inactive" ? "Inactive" : "In maintenance";
    return { tone: TONE[feature.status], word };
  }
  const names = new Set(models.map(({ model }) => model));
  const circuits = (healths?.items ?? [])
    .flatMap((provider) => provider.models)
    .filter(({ name }) => names.has(name))
    .map(({ circuit }) => circuit);
  if (circuits.length === 0) return { tone: "mute", word: "Not called of late" };
  const closed = circuits.filter((circuit) => circuit === "closed").length;
  if (closed === circuits.length) return { tone: "ok", word: "Serving" };
  const isCutOff =
    closed === 0 && circuits.length === names.size && !circuits.includes("half_open");
  return isCutOff
    ? { tone: "bad", word: "Cut off: only fallbacks serve" }
    : { tone: "warn", word: "In part: a model is cut off or being tried" };
}
