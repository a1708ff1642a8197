import { getRouteApi } from "@tanstack/react-router";
import { useCallback } from "react";
import { useCan } from "@/api/session";
import { Tabs } from "@/ui/filter";
import { PageHeader } from "@/ui/page";
import { About } from "./about";
import { Appearance } from "./appearance";
import { OrganizationSettings } from "./organization";
import type { SettingsSearch, Tab } from "./search";
import { Tokens } from "./tokens";

const route = getRouteApi("/settings");

export function SettingsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const can = useCan();
  const change = useCallback(
    (next: Partial<SettingsSearch>) =>
      void navigate({ search: (old) => ({ ...old, ...next }), replace: true }),
    [navigate],
  );
  const tab: Tab = search.tab ?? "organization";
  const tabs: { value: Tab; label: string }[] = [
    { value: "organization", label: "Organization" },
    ...(can("tokens.read") ? [{ value: "tokens" as const, label: "Service tokens" }] : []),
    { value: "appearance", label: "Appearance" },
    { value: "about", label: "About" },
  ];
  return (
    <>
      <PageHeader title="Settings" />
      <div className="border-b border-line px-4 py-2 max-md:px-3">
        <Tabs
          label="Settings of"
          value={tab}
          onChange={(next) =>
            change({ tab: next === "organization" ? undefined : next, new: undefined })
          }
          tabs={tabs}
        />
      </div>
      <div className="max-w-[920px] p-3 md:p-4">
        {tab === "organization" && <OrganizationSettings />}
        {tab === "tokens" && (
          <Tokens
            isIssuing={search.new === true}
            onIssue={(isIssuing) => change({ new: isIssuing || undefined })}
          />
        )}
        {tab === "appearance" && <Appearance />}
        {tab === "about" && <About />}
      </div>
    </>
  );
}
