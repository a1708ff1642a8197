import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { modelsQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { words } from "@/lib/format";
import { SelectField, TextField } from "@/ui/field";
import { CONDITIONS, type Condition } from "./budget-fields";
import type { FieldOf } from "./budget-form";
import { useThings } from "./names";

/** What a new budget counts: everything, or what meets conditions. */
export function ScopeFields({ field }: { field: FieldOf }) {
  const counts = field("counts");
  return (
    <>
      <SelectField label="Counts" {...counts}>
        <option value="everything">Everything in the organization</option>
        <option value="part">Only what meets conditions</option>
      </SelectField>
      {counts.value === "part" && (
        <div className="grid gap-3 rounded-md border border-line p-3 sm:grid-cols-2">
          {CONDITIONS.map((condition) => (
            <ConditionField key={condition} field={field} condition={condition} />
          ))}
          <div className="sm:col-span-2">
            <TextField
              label="Tags"
              placeholder="team=web, tier=gold"
              help="All of these, as calls carry them."
              {...field("tags")}
            />
          </div>
        </div>
      )}
    </>
  );
}

/** Chosen from what there is; typed where the reader may not see that, or where nobody lists it. */
function ConditionField({ field, condition }: { field: FieldOf; condition: Condition }) {
  const things = useThings();
  const models = useQuery({ ...modelsQuery, enabled: useCan()("models.read") });
  const list = useId();
  const known: Partial<Record<Condition, { name: string }[]>> = { ...things, model: models.data };
  const options = known[condition] ?? [];
  return (
    <div>
      <TextField
        label={words(condition)}
        placeholder={condition === "user" ? "As the application names him" : "Any"}
        list={options.length > 0 ? list : undefined}
        {...field(condition)}
      />
      <datalist id={list}>
        {options.map((option) => (
          <option key={option.name} value={option.name} />
        ))}
      </datalist>
    </div>
  );
}
