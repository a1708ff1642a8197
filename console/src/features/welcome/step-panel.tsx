import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";
import { plural } from "@/lib/format";
import type { Journey } from "./journey";
import type { Step } from "./search";

const TITLE: Record<Step, string> = {
  models: "Choose where answers come from",
  feature: "Make a feature and give it a model",
  key: "Get a key",
  call: "Make the first call",
};

/** A step: what it is about, and once it is done what came of it. */
export function StepPanel(props: {
  number: number;
  step: Step;
  isDone: boolean;
  isOpen: boolean;
  isReachable: boolean;
  journey: Journey;
  onOpen: () => void;
  children: ReactNode;
}) {
  const { isDone, isOpen, isReachable } = props;
  const title = (
    <>
      <span
        aria-hidden
        className={cx(
          "num grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold",
          isDone
            ? "bg-ok-soft text-ok"
            : isOpen
              ? "bg-accent-solid text-on-accent"
              : "border border-control text-ink-3",
        )}
      >
        {isDone ? <Check className="size-3.5" /> : props.number}
      </span>
      <span className="min-w-0 flex-1">
        <span
          className={cx("block text-sm font-semibold", !isReachable && !isOpen && "text-ink-3")}
        >
          {TITLE[props.step]}
          {isDone && <span className="sr-only">, done</span>}
        </span>
        {isDone && !isOpen && (
          <span className="block truncate text-xs text-ink-3">
            {resultOf(props.step, props.journey)}
          </span>
        )}
      </span>
    </>
  );
  const line = "flex min-h-12 w-full items-center gap-3 px-4 py-2 text-left";
  return (
    <li className="panel" aria-current={isOpen ? "step" : undefined}>
      <h2>
        {isReachable && !isOpen ? (
          <button type="button" onClick={props.onOpen} className={cx(line, "hover:bg-hover")}>
            {title}
          </button>
        ) : (
          <span className={line}>{title}</span>
        )}
      </h2>
      {isOpen && <div className="grid gap-3 px-4 pb-4 md:pl-[52px]">{props.children}</div>}
    </li>
  );
}

function resultOf(step: Step, { own, models, feature, assignment, usable, issued }: Journey) {
  switch (step) {
    case "models":
      return `${own.length > 0 ? own.map((one) => one.name).join(", ") : "The sandbox"}, ${plural(models.length, "model")}`;
    case "feature":
      return `${feature?.name} is answered by ${assignment?.models.map((one) => one.model).join(", ")}`;
    case "key":
      return issued ? `${issued.name}, ${issued.shown}` : usable.map((key) => key.name).join(", ");
    case "call":
      return "It was counted";
  }
}
