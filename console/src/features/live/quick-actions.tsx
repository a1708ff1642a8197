import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { featuresQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { words } from "@/lib/format";
import { TextField } from "@/ui/field";
import { Tabs } from "@/ui/filter";
import { SidePanel } from "@/ui/side-panel";
import { Denied, Loaded, SkeletonRows } from "@/ui/states";
import { Status, type Tone } from "@/ui/status";
import { FeatureSwitch } from "./feature-switch";
import { RevokeKey } from "./revoke-key";
import type { Act, LiveSearch } from "./search";
import { SwitchModel } from "./switch-model";

const TITLES: Record<Act, string> = {
  switch: "Switch a model",
  disable: "Disable a feature",
  revoke: "Revoke a key",
};
const TABS = [
  { value: "switch", label: "Switch model" },
  { value: "disable", label: "Disable feature" },
  { value: "revoke", label: "Revoke key" },
] as const;

/** What helps at once when something goes wrong. */
export function QuickActions(props: {
  act: Act;
  feature: string | undefined;
  go: (part: LiveSearch) => void;
  onClose: () => void;
}) {
  const { act, go, onClose } = props;
  const can = useCan();
  const mayDo = can(act === "revoke" ? "keys.write" : "features.write");
  return (
    <SidePanel label="Quick actions" title={TITLES[act]} onClose={onClose}>
      <div className="grid gap-4">
        <Tabs label="Action" value={act} tabs={TABS} onChange={(next) => go({ act: next })} />
        {!mayDo ? (
          <Denied
            what="This action"
            detail={`It takes the right ${act === "revoke" ? "keys.write" : "features.write"}.`}
          />
        ) : act === "switch" ? (
          <SwitchModel
            feature={props.feature}
            onFeature={(feature) => go({ feature })}
            onDone={onClose}
          />
        ) : act === "disable" ? (
          <DisableFeature />
        ) : (
          <RevokeKey />
        )}
      </div>
    </SidePanel>
  );
}

const TONE: Record<string, Tone> = { active: "ok", maintenance: "warn", inactive: "mute" };

/** So many stand in the panel; the text finds the others. */
const SHOWN = 50;

function DisableFeature() {
  const features = useQuery(featuresQuery);
  const [text, setText] = useState("");
  return (
    <div className="grid gap-2">
      <p className="text-xs text-ink-3">
        A disabled feature refuses its calls in every environment until it is activated again.
      </p>
      <Loaded query={features} what="Features" skeleton={<SkeletonRows rows={5} />}>
        {(all) => {
          const found = all.filter((feature) =>
            `${feature.name} ${feature.display_name}`.toLowerCase().includes(text.toLowerCase()),
          );
          return (
            <>
              {all.length > 8 && (
                <TextField
                  label="Find a feature"
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
              )}
              <ul className="divide-y divide-line">
                {found.slice(0, SHOWN).map((feature) => (
                  <li key={feature.id} className="flex min-h-11 items-center gap-3 py-1">
                    <span className="min-w-0 flex-1">
                      <span
                        className="block truncate text-sm font-medium"
                        title={feature.name}
                        dir="auto"
                      >
                        {feature.name}
                      </span>
                      <span className="text-xs">
                        <Status tone={TONE[feature.status] ?? "mute"}>
                          {words(feature.status)}
                        </Status>
                      </span>
                    </span>
                    <FeatureSwitch feature={feature} />
                  </li>
                ))}
              </ul>
              {found.length === 0 && (
                <p className="text-sm text-ink-3">
                  {all.length === 0 ? "There is no feature yet." : "No feature is called so."}
                </p>
              )}
              {found.length > SHOWN && (
                <p className="text-xs text-ink-3">
                  {SHOWN} of {found.length}. Type more of the name.
                </p>
              )}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
