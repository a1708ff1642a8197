import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useCallback } from "react";
import { budgetsQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { dayOf } from "@/lib/day";
import { now } from "@/lib/now";
import { Button } from "@/ui/button";
import { DayInput } from "@/ui/day-input";
import { Select } from "@/ui/field";
import { Gate } from "@/ui/gate";
import { PageBody, PageHeader } from "@/ui/page";
import { Panel } from "@/ui/panel";
import { Loaded, SkeletonRows } from "@/ui/states";
import { Alerts } from "./alerts";
import { DEFAULT_RANGE } from "./asked";
import { BudgetForm } from "./budget-form";
import { BudgetPanel } from "./budget-panel";
import { BudgetsTable } from "./budgets";
import { Explorer } from "./explorer";
import { MonthBar, MonthSkeleton } from "./month";
import { useNames } from "./names";
import type { SpendingSearch } from "./search";
import { RANGE_WORDS, RANGES, type Range } from "./span";

const route = getRouteApi("/spending");

export function SpendingPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const names = useNames();
  const can = useCan();
  const budgets = useQuery(budgetsQuery);
  const change = useCallback(
    (next: Partial<SpendingSearch>) =>
      void navigate({ search: (old) => ({ ...old, ...next }), replace: true }),
    [navigate],
  );
  const select = (sel: string | undefined) => change({ sel, edit: undefined });
  const close = useCallback(() => change({ sel: undefined, edit: undefined }), [change]);
  const setBudget = (
    <Gate permission="budgets.write">
      <Button variant="primary" onClick={() => change({ new: true })}>
        <Plus aria-hidden className="size-3.5 max-sm:hidden" /> Set a budget
      </Button>
    </Gate>
  );
  return (
    <div className="flex h-full flex-col">
      <PageHeader title="Spending">
        <RangeChoice search={search} change={change} />
        {setBudget}
      </PageHeader>
      <div className="flex min-h-0 flex-1">
        <div className="min-w-0 flex-1 overflow-y-auto">
          <PageBody>
            {/* Whether they could be read is said once, below. */}
            {budgets.data ? (
              <MonthBar budgets={budgets.data} />
            ) : (
              budgets.isPending && <MonthSkeleton />
            )}
            <Panel title="Budgets">
              <Loaded query={budgets} what="Budgets" skeleton={<SkeletonRows rows={3} />}>
                {(all) => (
                  <BudgetsTable
                    budgets={all}
                    names={names}
                    selected={search.sel}
                    onSelect={select}
                    setBudget={setBudget}
                  />
                )}
              </Loaded>
            </Panel>
            <div className={search.sel ? "grid gap-3" : "grid gap-3 xl:grid-cols-[1fr_320px]"}>
              <Explorer search={search} change={change} names={names} />
              <Panel title="Alerts" className="self-start">
                <Alerts onBudget={select} />
              </Panel>
            </div>
          </PageBody>
        </div>
        {search.sel && (
          <BudgetPanel
            key={search.sel}
            id={search.sel}
            names={names}
            onClose={close}
            onEdit={() => change({ edit: true })}
          />
        )}
      </div>
      {can("budgets.write") && search.new && (
        <BudgetForm
          onClose={() => change({ new: undefined })}
          onDone={(sel) => change({ new: undefined, sel })}
        />
      )}
      {can("budgets.write") && search.edit && search.sel && (
        <BudgetForm
          id={search.sel}
          onClose={() => change({ edit: undefined })}
          onDone={() => change({ edit: undefined })}
        />
      )}
    </div>
  );
}

type Choice = { search: SpendingSearch; change: (search: Partial<SpendingSearch>) => void };

function RangeChoice({ search, change }: Choice) {
  const range = search.range ?? DEFAULT_RANGE;
  const today = dayOf(now());
  return (
    <>
      {range === "custom" && (
        <>
          <DayInput
            label="First day"
            value={search.from ?? today}
            max={search.to ?? today}
            onChange={(from) => change({ from })}
          />
          <DayInput
            label="Last day"
            value={search.to ?? today}
            min={search.from}
            onChange={(to) => change({ to })}
          />
        </>
      )}
      <Select
        label="Time of the cost explorer"
        value={range}
        onChange={(event) => change({ range: event.target.value as Range, bucket: undefined })}
      >
        {RANGES.map((one) => (
          <option key={one} value={one}>
            {RANGE_WORDS[one]}
          </option>
        ))}
      </Select>
    </>
  );
}
