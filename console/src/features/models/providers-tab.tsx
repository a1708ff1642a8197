import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { modelsQuery, providersQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { DataTable } from "@/tables/data-table";
import { Empty, Loaded, SkeletonRows } from "@/ui/states";
import { AddButton } from "./add-button";
import { AddProvider } from "./add-provider";
import { ProviderPhoneRow, providerColumns } from "./provider-columns";
import { ProviderPanel } from "./provider-panel";
import { type ProviderRow, providerRows } from "./provider-rows";
import { dayQuery, healthQuery, monthQuery } from "./queries";
import type { ModelsSearch, SetSearch } from "./search";

/** The accounts that calls go to. */
export function ProvidersTab({ search, set }: { search: ModelsSearch; set: SetSearch }) {
  const can = useCan();
  const maySums = { enabled: can("usage.read") };
  const providers = useQuery(providersQuery);
  const models = useQuery(modelsQuery);
  const health = useQuery({ ...healthQuery, enabled: can("operations.read") });
  const month = useQuery({ ...monthQuery("provider"), ...maySums });
  const day = useQuery({ ...dayQuery(), ...maySums });
  const [fresh, setFresh] = useState<string>();
  const rows = useMemo(
    () =>
      providers.data &&
      providerRows(providers.data, {
        health: health.data?.items,
        month: month.data?.items,
        day: day.data?.items,
        models: models.data,
      }),
    [providers.data, health.data, month.data, day.data, models.data],
  );
  const selected = rows?.find((row) => row.provider.name === search.sel);
  return (
    <div className="flex min-h-0 flex-1">
      <div className="min-w-0 flex-1 overflow-y-auto bg-surface [--edge:16px]">
        <Loaded query={{ ...providers, data: rows }} what="Providers" skeleton={<SkeletonRows />}>
          {(rows) => (
            <DataTable<ProviderRow>
              label="Providers"
              rows={rows}
              rowKey={(row) => row.provider.name}
              columns={providerColumns}
              phoneRow={ProviderPhoneRow}
              selected={selected && search.sel}
              onSelect={(sel) => set({ sel, edit: undefined })}
              empty={
                <Empty
                  title="Calls go to a provider"
                  action={
                    <AddButton permission="providers.write" set={set}>
                      Add provider
                    </AddButton>
                  }
                >
                  An account at OpenAI, Anthropic, Google, AWS, or a server of your own.
                </Empty>
              }
            />
          )}
        </Loaded>
      </div>
      {selected && (
        <ProviderPanel
          row={selected}
          search={search}
          set={set}
          isFresh={fresh === selected.provider.name}
          onFresh={setFresh}
        />
      )}
      {search.new && can("providers.write") && (
        <AddProvider
          onClose={() => set({ new: undefined })}
          onAdded={(sel) => {
            setFresh(sel);
            set({ sel, new: undefined });
          }}
        />
      )}
    </div>
  );
}
