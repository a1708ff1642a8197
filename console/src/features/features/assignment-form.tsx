import { Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { FormProvider, useFieldArray, useForm, useWatch } from "react-hook-form";
import { tagOf } from "@/api/client";
import { write } from "@/api/write";
import { changedIn } from "@/lib/changed";
import type { Environment } from "@/lib/environment";
import { words } from "@/lib/format";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { InProduction } from "@/ui/environment";
import { TextArea } from "@/ui/field";
import { bodyOf, changesBetween, type Draft, draftOf, overridesOf } from "./draft";
import { SwitchImpact } from "./impact";
import { ModelLine } from "./model-line";
import { PolicyFields } from "./policy-fields";
import { type Assignment, asNow, assignmentPath, assignmentQuery } from "./queries";
import { SaveBar } from "./save-bar";

type Props = {
  feature: string;
  environment: Environment;
  assignment: Assignment | null;
  isReadOnly: boolean;
};

/** Models, what is tried after them, what is set in each request, and how it is routed. */
export function AssignmentForm({ feature, environment, assignment, isReadOnly }: Props) {
  const [start, setStart] = useState(() => beginning(feature, environment, assignment));
  const form = useForm<Draft>({ mode: "onTouched", defaultValues: start.draft });
  const { control, register, formState, reset } = form;
  const models = useFieldArray({ control, name: "models" });
  const fallbacks = useFieldArray({ control, name: "fallbacks" });
  const draft = useWatch({ control }) as Draft;
  const changes = changesBetween(start.draft, draft);
  // Someone else's change is taken over as long as nothing was typed here; later the tag says that there was one.
  useEffect(() => {
    if (assignment === start.from || changes > 0) return;
    const next = beginning(feature, environment, assignment);
    setStart(next);
    reset(next.draft);
  }, [assignment, start.from, changes, feature, environment, reset]);
  const params = { path: { feature, environment } };
  const chosen = [...draft.models, ...draft.fallbacks].map(({ model }) => model).filter(Boolean);
  const submit = form.handleSubmit(async (values) => {
    const latest = assignment && (await asNow(assignmentQuery(feature, environment), assignment));
    const body = changedIn(bodyOf(draftOf(latest)), bodyOf(start.draft), bodyOf(values));
    const to = body.models?.[0]?.model ?? "";
    const from = latest?.models[0]?.model;
    const isSwitch = from !== undefined && from !== to;
    review({
      title: isSwitch
        ? `Switch ${feature} to ${to}`
        : `${assignment ? "Change" : "Assign"} the models of ${feature}`,
      verb: isSwitch ? "Switch" : assignment ? "Change" : "Assign",
      done: `${feature} uses ${to} in ${words(environment)}`,
      tag: start.tag,
      note: (
        <>
          {environment === "production" && (
            <InProduction>Calls go to the new models at once.</InProduction>
          )}
          {isSwitch && <SwitchImpact feature={feature} environment={environment} model={to} />}
        </>
      ),
      write: write(
        "put",
        "/api/platform/ai-management/features/{feature}/assignments/{environment}",
        { params, body },
      ),
      onDone: () => setStart((now) => ({ ...now, draft: values })),
    });
  });
  const remove = () =>
    review({
      title: `Remove the models of ${feature} in ${words(environment)}`,
      verb: "Remove",
      done: `${feature} has no model in ${words(environment)}`,
      isDangerous: true,
      tag: start.tag,
      note: environment === "production" && (
        <InProduction>Calls of the feature are refused from now on.</InProduction>
      ),
      write: write(
        "delete",
        "/api/platform/ai-management/features/{feature}/assignments/{environment}",
        { params },
      ),
    });
  return (
    <FormProvider {...form}>
      <form noValidate onSubmit={submit} aria-label={`Models in ${words(environment)}`}>
        <fieldset disabled={isReadOnly} className="grid gap-4">
          <Group
            label={draft.models.length > 1 ? "Models" : "Model"}
            add="Add a model beside it"
            isReadOnly={isReadOnly}
            onAdd={() => models.append({ model: "", weight: 1 }, { shouldFocus: false })}
          >
            {models.fields.map((line, index) => (
              <ModelLine key={line.id} list="models" index={index} chosen={chosen} of={models} />
            ))}
          </Group>
          <Group
            label="If these fail"
            add="Add a fallback"
            isReadOnly={isReadOnly}
            onAdd={() => fallbacks.append({ model: "" }, { shouldFocus: false })}
          >
            {fallbacks.fields.map((line, index) => (
              <ModelLine
                key={line.id}
                list="fallbacks"
                index={index}
                chosen={chosen}
                of={fallbacks}
              />
            ))}
            {fallbacks.fields.length === 0 && (
              <p className="text-xs text-ink-3">Nothing else is tried: the call fails.</p>
            )}
          </Group>
          <PolicyFields />
          <TextArea
            label="Set in every request"
            help="A JSON object of OpenAI's fields. It wins over what the client sends."
            placeholder='{ "temperature": 0.2 }'
            rows={draft.overrides.split("\n").length + 1}
            spellCheck={false}
            className="font-mono !text-xs pointer-coarse:!text-[16px]"
            error={formState.errors.overrides?.message}
            {...register("overrides", {
              validate: (text) =>
                overridesOf(text) !== undefined || 'Write an object, as in { "temperature": 0.2 }.',
            })}
          />
          {assignment && !isReadOnly && changes === 0 && (
            <Button variant="ghost" className="justify-self-start !text-bad" onClick={remove}>
              Remove the models here
            </Button>
          )}
        </fieldset>
        {isReadOnly && (
          <p className="mt-3 text-xs text-ink-3">Changing it needs the right features.write.</p>
        )}
        <SaveBar
          changes={changes}
          verb={assignment ? "Review change" : "Review"}
          onDiscard={() => reset(start.draft)}
        />
      </form>
    </FormProvider>
  );
}

/** The state that editing begins from, with its tag. */
const beginning = (feature: string, environment: Environment, from: Assignment | null) => ({
  from,
  draft: draftOf(from),
  tag: from ? tagOf(assignmentPath(feature, environment)) : undefined,
});

function Group(props: {
  label: string;
  add: string;
  isReadOnly: boolean;
  onAdd: () => void;
  children: React.ReactNode;
}) {
  return (
    <div role="group" aria-label={props.label} className="grid gap-1.5">
      <div className="flex min-h-7 items-center justify-between">
        <span className="text-xs font-medium text-ink-2">{props.label}</span>
        {!props.isReadOnly && (
          <Button variant="ghost" aria-label={props.add} onClick={props.onAdd}>
            <Plus aria-hidden className="size-3.5" />
            Add
          </Button>
        )}
      </div>
      {props.children}
    </div>
  );
}
