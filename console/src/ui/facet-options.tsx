import { Combobox } from "@base-ui/react/combobox";
import { Check } from "lucide-react";
import { type RefObject, useMemo, useState } from "react";
import type { FacetOption, FacetPickerProps } from "./facet-picker";

/** So many are drawn; the text finds the others. */
const SHOWN = 100;
const ANY = "";

type Props = FacetPickerProps & {
  anchor: RefObject<HTMLButtonElement | null>;
  onClose: () => void;
};

export default function FacetOptions(props: Props) {
  const { label, value, accept } = props;
  const read = props.useOptions();
  const [text, setText] = useState("");
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const found = (read ?? []).filter((option) =>
      `${option.label} ${option.value}`.toLowerCase().includes(wanted),
    );
    const typed = wanted ? accept?.(text.trim()) : undefined;
    const hasTyped = typed && !found.some((option) => option.value === typed.value);
    const any = value !== undefined && !wanted ? [{ value: ANY, label: "Any" }] : [];
    return [...any, ...(hasTyped ? [typed] : []), ...found];
  }, [read, text, accept, value]);
  const chosen = shown.find((option) => option.value === value) ?? null;
  return (
    <Combobox.Root
      open
      onOpenChange={(open) => !open && props.onClose()}
      items={shown}
      filter={null}
      limit={SHOWN}
      value={chosen}
      isItemEqualToValue={(one: FacetOption, other: FacetOption) => one.value === other.value}
      onValueChange={(option) => {
        if (option) props.onChange(option.value === ANY ? undefined : option.value);
        props.onClose();
      }}
      inputValue={text}
      onInputValueChange={setText}
      autoHighlight
    >
      <Combobox.Portal>
        <Combobox.Positioner anchor={props.anchor} sideOffset={4} align="start" className="z-50">
          <Combobox.Popup
            aria-label={label}
            finalFocus={props.anchor}
            className="pop w-[min(300px,calc(100vw-24px))] rounded-lg bg-raised shadow-pop outline-none"
          >
            <Combobox.Input
              aria-label={label}
              placeholder={props.placeholder}
              className="h-9 w-full rounded-t-lg border-b border-line bg-transparent px-3 text-sm outline-none placeholder:text-ink-3 pointer-coarse:h-11 pointer-coarse:text-[16px]"
            />
            <Combobox.Empty className="px-3 text-xs text-ink-3 [&:not(:empty)]:py-3">
              {read ? `Nothing is called “${text}”.` : "Reading"}
            </Combobox.Empty>
            <Combobox.List className="max-h-[min(320px,50vh)] overflow-y-auto p-1 outline-none empty:p-0">
              {(option: FacetOption) => (
                <Combobox.Item
                  key={option.value}
                  value={option}
                  className="flex min-h-8 cursor-default items-center gap-2 rounded-md px-2 py-1 text-sm data-highlighted:bg-selected pointer-coarse:min-h-11"
                >
                  <span className="min-w-0 flex-1">
                    <bdi className="block truncate" title={option.label}>
                      {option.label}
                    </bdi>
                    {option.note && (
                      <span className="block truncate text-2xs text-ink-3">{option.note}</span>
                    )}
                  </span>
                  <Combobox.ItemIndicator>
                    <Check aria-hidden className="size-3.5 text-accent" />
                  </Combobox.ItemIndicator>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
