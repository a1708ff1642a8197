import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { applicationsQuery, keysQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { ENVIRONMENTS } from "@/lib/environment";
import { count, plural, words } from "@/lib/format";
import { DataTable } from "@/tables/data-table";
import { Button } from "@/ui/button";
import { Facet, FilterBar, SearchInput } from "@/ui/filter";
import { Gate } from "@/ui/gate";
import { PageHeader } from "@/ui/page";
import { SecretDialog, type ShownOnce } from "@/ui/secret-dialog";
import { Empty, Loaded, SkeletonRows } from "@/ui/states";
import { columns, PhoneRow } from "./columns";
import { IssueDialog } from "./issue";
import { KeyPanel } from "./panel";
import { useOfKeysQuery } from "./queries";
import { filtered, type KeyRow, rowsOf } from "./rows";
import type { KeysSearch } from "./search";
import { STATE, STATES } from "./state";

const route = getRouteApi("/keys");

export function KeysPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const can = useCan();
  const keys = useQuery(keysQuery);
  const applications = useQuery(applicationsQuery);
  const use = useQuery({ ...useOfKeysQuery(), enabled: can("usage.read") });
  const [secret, setSecret] = useState<ShownOnce | null>(null);
  const set = useCallback(
    (part: Partial<KeysSearch>) =>
      void navigate({ search: (old) => ({ ...old, ...part }), replace: true }),
    [navigate],
  );
  const setText = useCallback((q: string) => set({ q: q || undefined }), [set]);
  const rows = useMemo(
    () => keys.data && rowsOf(keys.data, applications.data, use.data?.items),
    [keys.data, applications.data, use.data],
  );
  const shown = useMemo(() => rows && filtered(rows, search), [rows, search]);
  const selected = rows?.find((row) => row.key.id === search.sel);
  const isFiltered =
    search.q !== undefined || search.in !== undefined || search.state !== undefined;
  const issue = (
    <Gate permission="keys.write">
      <Button variant="primary" onClick={() => set({ new: true })}>
        Issue key
      </Button>
    </Gate>
  );
  return (
    <div className="flex h-full flex-col">
      <PageHeader title="Keys" sub={rows && <Count shown={shown?.length ?? 0} of={rows.length} />}>
        {issue}
      </PageHeader>
      <FilterBar>
        <SearchInput
          label="Search keys"
          placeholder="Name, feature or model"
          value={search.q ?? ""}
          onChange={setText}
        />
        {ENVIRONMENTS.map((name) => (
          <Facet
            key={name}
            on={search.in === name}
            onClick={() => set({ in: search.in === name ? undefined : name })}
          >
            {words(name)}
          </Facet>
        ))}
        <span aria-hidden className="mx-1 h-4 w-px shrink-0 bg-line" />
        {STATES.map((name) => (
          <Facet
            key={name}
            on={search.state === name}
            onClick={() => set({ state: search.state === name ? undefined : name })}
          >
            {STATE[name].label}
          </Facet>
        ))}
        {isFiltered && (
          <Clear onClick={() => set({ q: undefined, in: undefined, state: undefined })} />
        )}
      </FilterBar>
      <div className="flex min-h-0 flex-1">
        <div className="min-w-0 flex-1 overflow-y-auto bg-surface [--edge:16px]">
          <Loaded query={{ ...keys, data: shown }} what="Keys" skeleton={<SkeletonRows />}>
            {(shown) => (
              <DataTable<KeyRow>
                label="Keys"
                rows={shown}
                rowKey={(row) => row.key.id}
                columns={columns}
                phoneRow={PhoneRow}
                selected={selected && search.sel}
                onSelect={(sel) => set({ sel, edit: undefined })}
                empty={
                  isFiltered ? (
                    <Empty
                      title="No keys match these filters"
                      action={
                        <Button
                          onClick={() => set({ q: undefined, in: undefined, state: undefined })}
                        >
                          Clear
                        </Button>
                      }
                    />
                  ) : (
                    <Empty title="An application calls with a key" action={issue}>
                      It says which features and models may be called, how often, and from where.
                    </Empty>
                  )
                }
              />
            )}
          </Loaded>
        </div>
        {selected && <KeyPanel row={selected} search={search} set={set} onSecret={setSecret} />}
      </div>
      {search.new && can("keys.write") && (
        <IssueDialog onClose={() => set({ new: undefined })} onSecret={setSecret} />
      )}
      {secret && <SecretDialog of="key" secret={secret} onClose={() => setSecret(null)} />}
    </div>
  );
}

const Count = ({ shown, of }: { shown: number; of: number }) => (
  <span role="status" className="num text-xs text-ink-3">
    {shown === of ? plural(of, "key") : `${count(shown)} of ${count(of)}`}
  </span>
);

const Clear = ({ onClick }: { onClick: () => void }) => (
  <Button variant="ghost" onClick={onClick}>
    Clear
  </Button>
);
