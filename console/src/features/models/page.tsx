import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useCallback } from "react";
import { Tabs } from "@/ui/filter";
import { PageHeader } from "@/ui/page";
import { SkeletonRows } from "@/ui/states";
import { AddButton } from "./add-button";
import { ProvidersTab } from "./providers-tab";
import type { ModelsSearch, Tab } from "./search";

const route = getRouteApi("/models");

const TABS: readonly { value: Tab; label: string }[] = [
  { value: "providers", label: "Providers" },
  { value: "models", label: "Models" },
  { value: "aliases", label: "Aliases" },
  { value: "routing", label: "Routing" },
  { value: "catalogue", label: "Catalogue" },
];

const ADDS: Partial<Record<Tab, { label: string; permission: string }>> = {
  providers: { label: "Add provider", permission: "providers.write" },
  models: { label: "Add model", permission: "models.write" },
  aliases: { label: "Add alias", permission: "models.write" },
  routing: { label: "Add policy", permission: "models.write" },
};

const BODIES = {
  providers: ProvidersTab,
  models: lazy(() => import("./models-tab")),
  aliases: lazy(() => import("./aliases-tab")),
  routing: lazy(() => import("./routing-tab")),
  catalogue: lazy(() => import("./catalogue-tab")),
};

export function ModelsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const tab = search.tab ?? "providers";
  const set = useCallback(
    (part: Partial<ModelsSearch>) =>
      void navigate({ search: (old) => ({ ...old, ...part }), replace: !("tab" in part) }),
    [navigate],
  );
  const open = (next: Tab) =>
    void navigate({ search: { tab: next === "providers" ? undefined : next } });
  const add = ADDS[tab];
  const Body = BODIES[tab];
  return (
    <div className="flex h-full flex-col">
      <PageHeader title="Models & providers">
        {add && (
          <AddButton permission={add.permission} set={set}>
            {add.label}
          </AddButton>
        )}
      </PageHeader>
      <div className="border-b border-line px-4 py-2 max-md:px-3">
        <Tabs label="What is shown" value={tab} onChange={open} tabs={TABS} />
      </div>
      <Suspense fallback={<SkeletonRows />}>
        <Body search={search} set={set} />
      </Suspense>
    </div>
  );
}
