import type { Schemas } from "@/api/client";
import { words } from "@/lib/format";
import { Status, type Tone } from "./status";

export type Health = Schemas["Health"];

export const HEALTH_TONE: Record<Health, Tone> = {
  idle: "mute",
  healthy: "ok",
  degraded: "warn",
  down: "bad",
};
const CIRCUIT_TONE: Record<Schemas["Circuit"], Tone> = {
  closed: "ok",
  half_open: "warn",
  open: "bad",
};
/** A closed circuit lets through: nobody who has not read about breakers expects that word. */
const CIRCUIT_WORDS: Record<Schemas["Circuit"], string> = {
  closed: "Open to calls",
  half_open: "Being tried",
  open: "Cut off",
};

/** How well a part works. */
export const HealthStatus = ({ of }: { of: Health }) => (
  <Status tone={HEALTH_TONE[of]}>{words(of)}</Status>
);

/** Whether calls reach a model. */
export const CircuitStatus = ({ of }: { of: Schemas["Circuit"] }) => (
  <Status tone={CIRCUIT_TONE[of]}>{CIRCUIT_WORDS[of]}</Status>
);
