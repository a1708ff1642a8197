import { ChevronDown } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { FacetButton } from "./filter";

export type FacetOption = { value: string; label: string; note?: string };

export type FacetPickerProps = {
  /** What is chosen: `Feature` */
  label: string;
  /** What is chosen now, as the chip says it. */
  chosen?: string;
  value?: string;
  onChange: (value: string | undefined) => void;
  /** A hook that reads what there is to choose from, when the reader looks; undefined as long as it is read. */
  useOptions: () => FacetOption[] | undefined;
  /** What a typed text chooses, where the options are not all there is. */
  accept?: (text: string) => FacetOption | undefined;
  placeholder: string;
};

const Options = lazy(() => import("./facet-options"));

/** A filter with many values, of which one is chosen. */
export function FacetPicker(props: FacetPickerProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const isOn = props.value !== undefined;
  return (
    <>
      <FacetButton
        ref={button}
        on={isOn}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {props.label}
        {isOn && (
          <bdi className="max-w-40 truncate font-semibold" title={props.value}>
            {props.chosen ?? props.value}
          </bdi>
        )}
        <ChevronDown aria-hidden className="-mr-0.5 size-3 text-ink-3" />
      </FacetButton>
      {isOpen && (
        <Suspense fallback={null}>
          <Options {...props} anchor={button} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
