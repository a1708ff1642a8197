import type { Environment } from "@/lib/environment";
import { words } from "@/lib/format";
import { EnvironmentMark } from "@/ui/environment";
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

export const EnvironmentName = ({ of }: { of: Environment }) => (
  <span className="inline-flex items-center gap-1.5">
    <EnvironmentMark of={of} />
    {words(of)}
  </span>
);

/** Said before everything that Production feels at once. */
export const InProduction = ({ children }: { children: string }) => (
  <p className="flex items-center gap-2 rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
    <EnvironmentMark of="production" />
    <span>
      <b className="font-semibold">Production.</b> {children}
    </span>
  </p>
);
