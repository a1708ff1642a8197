import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useCan } from "@/api/session";
import { words } from "@/lib/format";
import { useEnvironment } from "@/lib/use-environment";
import { PageHeader } from "@/ui/page";
import { Denied, Failure, Skeleton } from "@/ui/states";
import { CallStep } from "./call-step";
import { FeatureStep } from "./feature-step";
import { firstCallQuery, nextOf, useJourney } from "./journey";
import { KeyStep } from "./key-step";
import { ModelsStep } from "./models-step";
import { STEPS, type Step, type WelcomeSearch } from "./search";
import { StepPanel } from "./step-panel";

/** From nothing to the first call, in four steps. */
export function WelcomePage() {
  const can = useCan();
  const [environment] = useBeginningEnvironment();
  const missing = ["features.read", "models.read", "keys.read"].filter((right) => !can(right));
  return (
    <>
      <PageHeader
        title="Get started"
        sub={
          <span className="text-xs text-ink-3">
            Four steps to the first call, in {words(environment)}
          </span>
        }
      />
      {missing.length > 0 ? (
        <Denied what="The guide" detail={`It needs the rights ${missing.join(", ")}.`} />
      ) : (
        <Steps />
      )}
    </>
  );
}

function Steps() {
  const search = useSearch({ from: "/welcome" });
  const navigate = useNavigate({ from: "/welcome" });
  const [environment] = useEnvironment();
  const journey = useJourney(environment);
  const { feature, assignment, issued } = journey;
  const call = useQuery({
    ...firstCallQuery(feature?.name ?? "", issued?.name),
    enabled: feature !== undefined,
  });
  const go = (change: WelcomeSearch) =>
    void navigate({ search: (old) => ({ ...old, step: undefined, add: undefined, ...change }) });
  if (journey.isReading) {
    return (
      <div
        role="status"
        aria-label="Loading"
        className="mx-auto grid max-w-[720px] gap-3 p-3 md:p-4"
      >
        {STEPS.map((step) => (
          <Skeleton key={step} className="h-14" />
        ))}
      </div>
    );
  }
  if (journey.failed) {
    const retry = () => void journey.failed?.refetch();
    return <Failure error={journey.failed.error} what="What is set up" onRetry={retry} />;
  }
  const hasCall = (call.data?.items.length ?? 0) > 0;
  const done: Record<Step, boolean> = {
    // Who went on without a provider has taken the sandbox.
    models:
      journey.own.length > 0 || feature !== undefined || STEPS.indexOf(search.step ?? "models") > 0,
    feature: assignment !== undefined,
    key: issued !== null || hasCall,
    call: hasCall,
  };
  const open = search.step ?? (search.add ? "models" : nextOf(done));
  const parts = {
    models: <ModelsStep journey={journey} isAdding={search.add === true} go={go} />,
    feature: <FeatureStep journey={journey} environment={environment} go={go} />,
    key: <KeyStep journey={journey} environment={environment} go={go} />,
    call: <CallStep journey={journey} environment={environment} />,
  };
  return (
    <ol className="mx-auto grid max-w-[720px] gap-3 p-3 md:p-4">
      {STEPS.map((step, index) => (
        <StepPanel
          key={step}
          number={index + 1}
          step={step}
          isDone={done[step]}
          isOpen={step === open}
          isReachable={STEPS.slice(0, index).every((earlier) => done[earlier]) || done[step]}
          journey={journey}
          onOpen={() => go({ step })}
        >
          {parts[step]}
        </StepPanel>
      ))}
    </ol>
  );
}

/** Who begins looks at Development: nothing that matters is there. A link that names an environment is followed. */
function useBeginningEnvironment() {
  const search: { env?: string } = useSearch({ strict: false });
  const pair = useEnvironment();
  const [, look] = pair;
  const isNamed = search.env !== undefined;
  useEffect(() => {
    if (!isNamed) look("development");
  }, [isNamed, look]);
  return pair;
}
