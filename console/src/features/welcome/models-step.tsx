import { FlaskConical, Plug } from "lucide-react";
import type { ReactNode } from "react";
import { useCan } from "@/api/session";
import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import type { Journey } from "./journey";
import { ProviderForm } from "./provider-form";
import { ProviderTest } from "./provider-test";
import type { WelcomeSearch } from "./search";

/** The sandbox that is there, or an account at a provider. */
export function ModelsStep(props: {
  journey: Journey;
  isAdding: boolean;
  go: (change: WelcomeSearch) => void;
}) {
  const { journey, isAdding, go } = props;
  const can = useCan();
  const sandbox = journey.models.filter(({ name }) => name.startsWith("sandbox/")).length;
  if (isAdding) {
    return (
      <ProviderForm
        taken={journey.own.map((one) => one.name)}
        onDone={() => go({ step: "models" })}
        onCancel={() => go({ step: "models" })}
      />
    );
  }
  return (
    <>
      {journey.own.map((provider) => (
        <ProviderTest
          key={provider.id}
          name={provider.name}
          models={journey.models.filter(({ name }) => name.startsWith(`${provider.name}/`))}
        />
      ))}
      <div className="grid gap-2 sm:grid-cols-2">
        {sandbox > 0 && (
          <Choice
            icon={<FlaskConical aria-hidden className="size-4 text-ink-3" />}
            title="Take the sandbox"
            text={`${plural(sandbox, "model")} inside Glaux that answer at once, without an account anywhere. Good for a first try.`}
            onClick={() => go({ step: "feature" })}
          />
        )}
        <Choice
          icon={<Plug aria-hidden className="size-4 text-ink-3" />}
          title="Add a provider"
          text={
            can("providers.write")
              ? "OpenAI, Anthropic, Gemini or any other, with your API key."
              : "This needs the right providers.write."
          }
          isDisabled={!can("providers.write")}
          onClick={() => go({ add: true })}
        />
      </div>
      {journey.own.length > 0 && (
        <Button
          variant="primary"
          size="md"
          className="justify-self-start"
          onClick={() => go({ step: "feature" })}
        >
          Continue
        </Button>
      )}
    </>
  );
}

const Choice = (props: {
  icon: ReactNode;
  title: string;
  text: string;
  isDisabled?: boolean;
  onClick: () => void;
}) => (
  <button
    type="button"
    disabled={props.isDisabled}
    onClick={props.onClick}
    className="flex items-start gap-3 rounded-md border border-control px-3 py-2.5 text-left hover:bg-hover disabled:opacity-60"
  >
    <span className="mt-0.5">{props.icon}</span>
    <span>
      <span className="block text-sm font-medium">{props.title}</span>
      <span className="block text-xs text-ink-3">{props.text}</span>
    </span>
  </button>
);
