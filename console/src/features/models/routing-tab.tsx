import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { useCan } from "@/api/session";
import { write } from "@/api/write";
import { date, moment } from "@/lib/format";
import type { Column } from "@/tables/column";
import { DataTable } from "@/tables/data-table";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { Facts } from "@/ui/panel";
import { SidePanel } from "@/ui/side-panel";
import { Empty, Loaded, SkeletonRows } from "@/ui/states";
import { AddButton } from "./add-button";
import { limitFacts } from "./limits-fields";
import { AddPolicy, EditPolicy } from "./policy-edit";
import { BALANCING, policyFacts } from "./policy-fields";
import { policiesQuery } from "./queries";
import type { ModelsSearch, SetSearch } from "./search";

type RoutingPolicy = Schemas["RoutingPolicy"];

export const whomText = (policy: RoutingPolicy) =>
  policy.provider
    ? `Calls to ${policy.provider}`
    : policy.feature
      ? `Calls of ${policy.feature}`
      : "Every feature that has none";

const gist = (policy: RoutingPolicy) =>
  policy.policy
    ? `${BALANCING[policy.policy.balancing]}, ${policy.policy.retries} further`
    : policy.limits?.concurrency != null
      ? `${policy.limits.concurrency} at once`
      : "No bound on calls at once";

const columns: Column<RoutingPolicy>[] = [
  {
    key: "name",
    head: "Policy",
    width: "minmax(140px,1fr)",
    priority: 1,
    order: (policy) => policy.name,
    cell: (policy) => <span className="font-medium">{policy.name}</span>,
  },
  {
    key: "whom",
    head: "For",
    width: "minmax(180px,1.5fr)",
    priority: 1,
    order: whomText,
    cell: (policy) => (
      <span dir="auto" className="block max-w-72 truncate" title={whomText(policy)}>
        {whomText(policy)}
      </span>
    ),
  },
  {
    key: "gist",
    head: "Says",
    width: "minmax(180px,1.5fr)",
    priority: 2,
    cell: (policy) => <span className="text-ink-2">{gist(policy)}</span>,
  },
  {
    key: "updated",
    head: "Changed",
    width: "130px",
    isRight: true,
    priority: 3,
    order: (policy) => policy.updated_at,
    cell: (policy) => date(policy.updated_at),
  },
];

const PhoneRow = (policy: RoutingPolicy) => (
  <div className="grid gap-0.5">
    <span className="truncate font-medium">{policy.name}</span>
    <span className="truncate text-xs text-ink-3">
      {whomText(policy)} · {gist(policy)}
    </span>
  </div>
);

/** How calls find their model: order, retries and cache of features, pace and time of providers. */
export default function RoutingTab({ search, set }: { search: ModelsSearch; set: SetSearch }) {
  const mayWrite = useCan()("models.write");
  const policies = useQuery(policiesQuery);
  const selected = policies.data?.find((policy) => policy.name === search.sel);
  return (
    <div className="flex min-h-0 flex-1">
      <div className="min-w-0 flex-1 overflow-y-auto bg-surface [--edge:16px]">
        <Loaded query={policies} what="Routing policies" skeleton={<SkeletonRows />}>
          {(policies) => (
            <DataTable<RoutingPolicy>
              label="Routing policies"
              rows={policies}
              rowKey={(policy) => policy.name}
              columns={columns}
              phoneRow={PhoneRow}
              selected={selected && search.sel}
              onSelect={(sel) => set({ sel, edit: undefined })}
              empty={
                <Empty
                  title="Models are tried as listed, once more after a failure that may pass"
                  action={
                    <AddButton permission="models.write" set={set}>
                      Add policy
                    </AddButton>
                  }
                >
                  A policy says otherwise: for one feature, for all that have none, or for a
                  provider.
                </Empty>
              }
            />
          )}
        </Loaded>
      </div>
      {selected && (
        <SidePanel
          label={`Routing policy ${selected.name}`}
          title={<span className="truncate">{selected.name}</span>}
          onClose={() => set({ sel: undefined, edit: undefined })}
          onEdit={mayWrite ? () => set({ edit: "details" }) : undefined}
          footer={
            mayWrite && (
              <>
                <Button onClick={() => set({ edit: "details" })}>Edit</Button>
                <Button
                  variant="danger"
                  className="ml-auto"
                  onClick={() => review(removal(selected, () => set({ sel: undefined })))}
                >
                  Remove
                </Button>
              </>
            )
          }
        >
          <Facts
            rows={[
              ["For", whomText(selected)],
              ...(selected.policy ? policyFacts(selected.policy) : []),
              ...(selected.limits ? limitFacts(selected.limits) : []),
              ["Changed", moment(selected.updated_at)],
            ]}
          />
        </SidePanel>
      )}
      {mayWrite && selected && search.edit === "details" && (
        <EditPolicy
          key={selected.name}
          name={selected.name}
          onClose={() => set({ edit: undefined })}
        />
      )}
      {mayWrite && search.new && (
        <AddPolicy
          onClose={() => set({ new: undefined })}
          onAdded={(sel) => set({ new: undefined, sel })}
        />
      )}
    </div>
  );
}

const removal = (policy: RoutingPolicy, onDone: () => void) => ({
  title: `Remove routing policy ${policy.name}`,
  verb: "Remove",
  done: `Removed routing policy ${policy.name}`,
  note: <p className="text-sm">The calls that it is for are routed without it from then on.</p>,
  isDangerous: true,
  onDone,
  write: write("delete", "/api/platform/ai-management/routing-policies/{policy}", {
    params: { path: { policy: policy.name } },
  }),
});
