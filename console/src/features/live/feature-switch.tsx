import type { Schemas } from "@/api/client";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { becoming } from "./changes";

/** Stops a feature, or lets it serve again. */
export function FeatureSwitch({
  feature,
}: {
  feature: Pick<Schemas["Feature"], "name" | "status">;
}) {
  const isActive = feature.status === "active";
  return (
    <Button onClick={() => review(becoming(feature.name, isActive ? "inactive" : "active"))}>
      {isActive ? "Disable" : "Activate"}
      <span className="sr-only"> {feature.name}</span>
    </Button>
  );
}
