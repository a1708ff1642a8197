import { useQuery } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { tagOf } from "@/api/client";
import { useCan } from "@/api/session";
import { write } from "@/api/write";
import { ENVIRONMENTS } from "@/lib/environment";
import { useEnvironment } from "@/lib/use-environment";
import { AsRead } from "@/ui/as-read";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { EnvironmentName, InProduction } from "@/ui/environment";
import { Tabs } from "@/ui/filter";
import { Menu } from "@/ui/menu";
import { SidePanel } from "@/ui/side-panel";
import { Empty, Loaded, Skeleton } from "@/ui/states";
import { AssignmentTab } from "./assignment-tab";
import FeatureDialog from "./feature-dialog";
import { History } from "./history";
import { LimitsForm } from "./limits-form";
import { PayloadsTab } from "./payloads-tab";
import { type Feature, featurePath, featureQuery, isMissing } from "./queries";
import { type FeatureSearch, type FeatureStatus, STATUSES, type Tab } from "./search";
import { FeatureState } from "./status";
import { Week } from "./week";

type Props = {
  name: string;
  tab: Tab;
  isEditing: boolean;
  go: (change: FeatureSearch) => void;
  onClose: () => void;
};

/** All that is known of a feature, and can be changed of it. */
export default function FeaturePanel(props: Props) {
  const feature = useQuery(featureQuery(props.name));
  const mayWrite = useCan()("features.write");
  return (
    <SidePanel
      label={`Feature ${props.name}`}
      title={
        <>
          <span className="truncate font-mono text-xs" title={props.name}>
            {props.name}
          </span>
          {feature.data && <FeatureState of={feature.data.status} />}
          {feature.data && <Actions feature={feature.data} {...props} />}
        </>
      }
      onClose={props.onClose}
      onEdit={mayWrite && feature.data ? () => props.go({ edit: true }) : undefined}
    >
      {isMissing(feature.error) ? (
        <Empty title={`There is no feature ${props.name}`}>It may have been removed.</Empty>
      ) : (
        <Loaded query={feature} what="The feature" skeleton={<PanelSkeleton />}>
          {(data) => <Body feature={data} {...props} />}
        </Loaded>
      )}
    </SidePanel>
  );
}

const PanelSkeleton = () => (
  <div role="status" aria-label="Loading" className="grid gap-3">
    <Skeleton className="h-7 w-64" />
    <Skeleton className="h-36" />
    <Skeleton className="h-7" />
    <Skeleton className="h-40" />
  </div>
);

const TABS = [
  { value: "models", label: "Models" },
  { value: "limits", label: "Limits" },
  { value: "payloads", label: "Payloads" },
  { value: "history", label: "History" },
] as const;

function Body({ feature, tab, go }: Props & { feature: Feature }) {
  const [environment, look] = useEnvironment();
  return (
    <div className="grid gap-3">
      {feature.description && (
        <p dir="auto" className="text-sm text-ink-2 [overflow-wrap:anywhere]">
          {feature.description}
        </p>
      )}
      <Tabs
        label="Environment"
        value={environment}
        onChange={look}
        tabs={ENVIRONMENTS.map((value) => ({ value, label: <EnvironmentName of={value} /> }))}
      />
      <Week feature={feature.name} environment={environment} />
      <Tabs
        label="Part"
        value={tab}
        onChange={(next) => go({ tab: next === "models" ? undefined : next })}
        tabs={TABS}
      />
      {tab === "models" && (
        <AssignmentTab key={environment} feature={feature.name} environment={environment} />
      )}
      {tab === "limits" && <LimitsForm feature={feature} />}
      {tab === "payloads" && (
        <PayloadsTab key={environment} feature={feature.name} environment={environment} />
      )}
      {tab === "history" && <History feature={feature} />}
    </div>
  );
}

const BECOMES: Record<FeatureStatus, { label: string; effect: string }> = {
  active: { label: "Make active", effect: "Calls of it are served again." },
  maintenance: {
    label: "Put in maintenance",
    effect: "Its calls are refused with a word that says to try later.",
  },
  inactive: { label: "Make inactive", effect: "Its calls are refused from now on." },
};

function Actions({ feature, isEditing, go, onClose }: Props & { feature: Feature }) {
  const can = useCan();
  if (!can("features.write")) return null;
  const tag = () => tagOf(featurePath(feature.name));
  const { name } = feature;
  const become = (status: FeatureStatus) =>
    review({
      title: `${BECOMES[status].label}: ${name}`,
      verb: BECOMES[status].label,
      done: `${name} is ${status}`,
      note: <InProduction>{BECOMES[status].effect}</InProduction>,
      isDangerous: status !== "active",
      tag: tag(),
      write: write("patch", "/api/platform/ai-management/features/{feature}", {
        params: { path: { feature: name } },
        body: { status },
      }),
    });
  const remove = () =>
    review({
      title: `Remove ${name}`,
      verb: "Remove",
      done: `Removed ${name}`,
      note: <InProduction>Its calls are refused from now on. What it cost stays.</InProduction>,
      isDangerous: true,
      tag: tag(),
      write: write("delete", "/api/platform/ai-management/features/{feature}", {
        params: { path: { feature: name } },
      }),
      onDone: onClose,
    });
  return (
    <>
      <span className="ml-auto">
        <Menu
          trigger={
            <Button variant="ghost" size="icon" aria-label="What to do with the feature">
              <Ellipsis aria-hidden className="size-4" />
            </Button>
          }
          entries={[
            { label: "Edit", onSelect: () => go({ edit: true }) },
            ...STATUSES.filter((status) => status !== feature.status).map((status) => ({
              label: BECOMES[status].label,
              onSelect: () => become(status),
            })),
            "line",
            { label: "Remove", tone: "danger", onSelect: remove },
          ]}
        />
      </span>
      {isEditing && (
        <AsRead query={featureQuery(name)} url={featurePath(name)}>
          {(before, read) => (
            <FeatureDialog feature={before} tag={read} onClose={() => go({ edit: undefined })} />
          )}
        </AsRead>
      )}
    </>
  );
}
