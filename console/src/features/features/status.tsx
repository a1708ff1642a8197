import { words } from "@/lib/format";
import { Status, type Tone } from "@/ui/status";
import type { FeatureStatus } from "./search";

export const TONE: Record<FeatureStatus, Tone> = {
  active: "ok",
  maintenance: "warn",
  inactive: "mute",
};

export const FeatureState = ({ of }: { of: FeatureStatus }) => (
  <Status tone={TONE[of]}>{words(of)}</Status>
);
