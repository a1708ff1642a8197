import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { tagOf } from "@/api/client";
import { type Write, write } from "@/api/write";
import type { Change } from "@/ui/change";
import { Dialog } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { type ErrorAt, FormDialog } from "@/ui/form-dialog";
import { Facts } from "@/ui/panel";
import { Loaded, SkeletonRows } from "@/ui/states";
import {
  type BudgetFields,
  CONDITIONS,
  changeOf,
  faultsOf,
  fieldsOf,
  newBudgetOf,
  POINTERS,
} from "./budget-fields";
import { useNames } from "./names";
import { BUDGETS, type Budget, budgetQuery } from "./queries";
import { ACTIONS, PERIODS, periodWord, scopeWords } from "./scope";
import { ScopeFields } from "./scope-fields";

type Props = { onClose: () => void; onDone: (budget: string) => void };

/** What a field shows and tells: its value, what is wrong with it, that it was changed or left. */
export type FieldOf = (field: keyof BudgetFields) => {
  value: string;
  error?: string;
  onChange: (event: { target: { value: string } }) => void;
  onBlur: () => void;
};

/** Sets a budget, or changes the one with this id. */
export function BudgetForm({ id, ...props }: Props & { id?: string }) {
  return id ? <Edit id={id} {...props} /> : <Form {...props} />;
}

function Edit({ id, ...props }: Props & { id: string }) {
  const budget = useQuery(budgetQuery(id));
  if (budget.data) return <Form {...props} budget={budget.data} />;
  return (
    <Dialog open onClose={props.onClose} title="Edit budget">
      <Loaded query={budget} what="This budget" skeleton={<SkeletonRows rows={3} />}>
        {() => null}
      </Loaded>
    </Dialog>
  );
}

function Form({ budget, onClose, onDone }: Props & { budget?: Budget }) {
  // The state that the reader began from: what comes meanwhile is no part of his decision.
  const [before] = useState(budget);
  const [tag] = useState(() => before && tagOf(`${BUDGETS}/${before.id}`));
  const [fields, setFields] = useState(() => fieldsOf(before));
  const [left, setLeft] = useState<readonly string[]>([]);
  const faults = faultsOf(fields, !before);
  const name = before?.name ?? fields.name.trim();
  const change = (): Change<Budget> | undefined => {
    setLeft(Object.keys(fields));
    if (Object.values(faults).some(Boolean)) return undefined;
    return {
      title: `${before ? "Change" : "Set"} budget ${name}`,
      verb: before ? "Change budget" : "Set budget",
      done: `${before ? "Changed" : "Set"} budget ${name}`,
      write: asked(before, fields),
      tag,
      onDone: (answer) => onDone(answer.id),
    };
  };
  return (
    <FormDialog
      title={before ? `Edit budget ${before.name}` : "Set a budget"}
      verb="Review"
      change={change}
      onClose={onClose}
    >
      {(errorAt: ErrorAt) => {
        const refusedAt = (one: keyof BudgetFields) =>
          one === "counts" && CONDITIONS.some((condition) => errorAt(POINTERS[condition]))
            ? undefined
            : errorAt(POINTERS[one]);
        const field: FieldOf = (one) => ({
          value: fields[one],
          error: (left.includes(one) ? faults[one] : undefined) ?? refusedAt(one),
          onChange: ({ target }) => setFields((now) => ({ ...now, [one]: target.value })),
          onBlur: () => setLeft((now) => [...now, one]),
        });
        return (
          <>
            {before ? <Fixed budget={before} /> : <NewFields field={field} />}
            <LimitFields field={field} action={fields.action} />
          </>
        );
      }}
    </FormDialog>
  );
}

const asked = (before: Budget | undefined, fields: BudgetFields): Write<Budget> =>
  before
    ? write("patch", `${BUDGETS}/{budget}`, {
        params: { path: { budget: before.id } },
        body: changeOf(before, fields),
      })
    : write("post", BUDGETS, { body: newBudgetOf(fields) });

function Fixed({ budget }: { budget: Budget }) {
  const names = useNames();
  return (
    <Facts
      rows={[
        ["Counts", <bdi key="scope">{scopeWords(budget.scope, names)}</bdi>],
        ["Period", periodWord(budget.period_type)],
      ]}
    />
  );
}

function NewFields({ field }: { field: FieldOf }) {
  return (
    <>
      <TextField label="Name" dir="auto" autoFocus {...field("name")} />
      <ScopeFields field={field} />
      <SelectField
        label="Period"
        help="It begins anew at midnight of the organization's time zone. In this first period it counts from now on."
        {...field("period")}
      >
        {Object.entries(PERIODS).map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </SelectField>
    </>
  );
}

function LimitFields({ field, action }: { field: FieldOf; action: BudgetFields["action"] }) {
  return (
    <>
      <TextField
        label="Limit"
        unit="USD"
        inputMode="decimal"
        className="num text-right"
        {...field("amount")}
      />
      <TextField
        label="Alerts at"
        unit="%"
        help="Shares of the limit, with commas between."
        {...field("thresholds")}
      />
      <SelectField label="At the limit" help={ACTIONS[action].does} {...field("action")}>
        {Object.entries(ACTIONS).map(([value, { word }]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </SelectField>
    </>
  );
}
