import {
  type ComponentType,
  cloneElement,
  lazy,
  type ReactElement,
  Suspense,
  useState,
} from "react";

type Trigger = { trigger: ReactElement<{ onClick?: () => void }> };

/**
 * A menu whose parts load when its button is looked at, and which opens once it is used: until then the button is all
 * there is. What is loaded renders `trigger` as its own and is open from the start.
 */
export function onDemand<P extends object>(
  load: () => Promise<{ default: ComponentType<P & Trigger> }>,
): ComponentType<P & Trigger> {
  const Loaded = lazy(load);
  return function OnDemand(props) {
    const [isUsed, setUsed] = useState(false);
    const begin = () => void load();
    const closed = cloneElement(props.trigger as ReactElement<Record<string, unknown>>, {
      "aria-haspopup": "menu",
      "aria-expanded": false,
      onPointerEnter: begin,
      onFocus: begin,
      onClick: () => setUsed(true),
    });
    if (!isUsed) return closed;
    return (
      <Suspense fallback={closed}>
        <Loaded {...props} />
      </Suspense>
    );
  };
}
