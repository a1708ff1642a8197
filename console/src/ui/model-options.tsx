import { Combobox } from "@base-ui/react/combobox";
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Check, ChevronsUpDown } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Schemas } from "@/api/client";
import { modelsQuery } from "@/api/every-page";
import { describe } from "@/api/problem";
import { cx } from "@/lib/cx";
import { compact } from "@/lib/format";
import { tokenPrice } from "@/lib/prices";
import { border, control, height } from "./field";
import type { ModelPickerProps } from "./model-picker";
import { Tag } from "./status";

type Model = Schemas["Model"];

const ROW = 40;
const HEAD = 28;
const providerOf = (name: string) => name.slice(0, name.indexOf("/"));
const modelOf = (name: string) => name.slice(name.indexOf("/") + 1);

/** Names in which every word of the text stands somewhere. */
export const matching = (names: string[], text: string) => {
  const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
  return names.filter((name) => parts.every((part) => name.toLowerCase().includes(part)));
};

export default function ModelOptions(props: ModelPickerProps & { id: string }) {
  const { value, except } = props;
  const models = useQuery(modelsQuery);
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState(value);
  const byName = useMemo(
    () => new Map((models.data ?? []).map((model) => [model.name, model])),
    [models.data],
  );
  const names = useMemo(
    () => [...byName.keys()].filter((name) => name === value || !except?.includes(name)),
    [byName, except, value],
  );
  // As long as nobody typed, the text is the choice itself and narrows nothing.
  const shown = useMemo(
    () => (text === value ? names : matching(names, text)),
    [names, text, value],
  );
  const list = useRef<{ scrollTo: (index: number) => void }>(null);
  return (
    <Combobox.Root
      virtualized
      items={names}
      filteredItems={shown}
      open={isOpen}
      onOpenChange={setOpen}
      value={value || null}
      onValueChange={(name) => name && props.onChange(name)}
      inputValue={isOpen ? text : value}
      onInputValueChange={setText}
      disabled={props.disabled}
      autoHighlight
      onItemHighlighted={(_, { reason, index }) => {
        if (reason === "keyboard") list.current?.scrollTo(index);
      }}
    >
      <Combobox.InputGroup className="relative w-full min-w-0">
        <Combobox.Input
          id={props.id}
          placeholder="Search models"
          aria-invalid={props.error ? true : undefined}
          aria-describedby={props.help || props.error ? `${props.id}-help` : undefined}
          title={value}
          className={cx(
            control,
            height,
            border(props.error),
            "truncate pr-7 font-mono !text-xs pointer-coarse:!text-[16px]",
          )}
        />
        <Combobox.Trigger
          aria-label="Show models"
          className="absolute inset-y-0 right-0 grid w-7 place-items-center text-ink-3"
        >
          <ChevronsUpDown aria-hidden className="size-3.5" />
        </Combobox.Trigger>
      </Combobox.InputGroup>
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} align="start" className="z-[60]">
          <Combobox.Popup className="pop w-[max(var(--anchor-width),min(440px,calc(100vw-24px)))] rounded-lg bg-raised shadow-pop outline-none">
            <Combobox.Empty className="px-3 text-xs text-ink-3 [&:not(:empty)]:py-4">
              {models.error
                ? describe(models.error).title
                : models.isPending
                  ? "Reading the models"
                  : byName.size === 0
                    ? "There is no model yet. Add a provider first."
                    : `No model is called “${text}”.`}
            </Combobox.Empty>
            <Rows handle={list} names={shown} byName={byName} isOpen={isOpen} chosen={value} />
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

type RowsProps = {
  handle: React.RefObject<{ scrollTo: (index: number) => void } | null>;
  names: string[];
  byName: Map<string, Model>;
  isOpen: boolean;
  chosen: string;
};

/** Only those in view are drawn. The first of a provider stands under its name. */
function Rows({ handle, names, byName, isOpen, chosen }: RowsProps) {
  const scroller = useRef<HTMLDivElement | null>(null);
  const isFirst = useCallback(
    (index: number) => index === 0 || providerOf(names[index]!) !== providerOf(names[index - 1]!),
    [names],
  );
  const virtual = useVirtualizer({
    enabled: isOpen,
    count: names.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => ROW + (isFirst(index) ? HEAD : 0),
    getItemKey: (index) => names[index]!,
    overscan: 8,
    paddingStart: names.length > 0 ? 4 : 0,
    paddingEnd: names.length > 0 ? 4 : 0,
    useFlushSync: false,
  });
  const sizes = useRef(names);
  if (sizes.current !== names) {
    sizes.current = names;
    virtual.measure();
  }
  handle.current = { scrollTo: (index) => virtual.scrollToIndex(index) };
  const start = names.indexOf(chosen);
  const mount = useCallback(
    (element: HTMLDivElement | null) => {
      scroller.current = element;
      if (element) virtual.measure();
    },
    [virtual],
  );
  // Where the list opens is decided once, when it opens.
  useEffect(() => {
    if (isOpen && start > 0) virtual.scrollToIndex(start, { align: "center" });
  }, [isOpen, virtual]);
  return (
    <Combobox.List
      ref={mount}
      className="max-h-[min(340px,50vh)] overflow-y-auto px-1 outline-none"
    >
      <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const name = names[item.index]!;
          const hasHead = isFirst(item.index);
          return (
            <div
              key={name}
              role="presentation"
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {hasHead && (
                <div
                  role="presentation"
                  className="flex h-7 items-end px-2 pb-1 text-2xs font-medium text-ink-3"
                >
                  {providerOf(name)}
                </div>
              )}
              <Combobox.Item
                index={item.index}
                value={name}
                aria-label={[name, ...figuresOf(byName.get(name))].join(", ")}
                aria-setsize={names.length}
                aria-posinset={item.index + 1}
                className="flex h-10 cursor-default items-center gap-2 rounded-md px-2 data-highlighted:bg-selected"
              >
                <Figures name={name} model={byName.get(name)} />
                <Combobox.ItemIndicator>
                  <Check aria-hidden className="size-3.5 text-accent" />
                </Combobox.ItemIndicator>
              </Combobox.Item>
            </div>
          );
        })}
      </div>
    </Combobox.List>
  );
}

/** What it costs and how much it reads, in words. */
function figuresOf(model: Model | undefined): string[] {
  if (!model) return [];
  const none = model.prices.length === 0 ? "No price" : "Priced by other meters";
  const window = model.context_window;
  return [tokenPrice(model.prices) ?? none, ...(window ? [`${compact(window)} context`] : [])];
}

function Figures({ name, model }: { name: string; model: Model | undefined }) {
  const [price, window] = figuresOf(model);
  return (
    <span aria-hidden className="min-w-0 flex-1">
      <span className="flex items-center gap-2">
        <span className="truncate font-mono text-xs leading-4" title={name}>
          {modelOf(name)}
        </span>
        {model && model.type !== "llm" && <Tag>{model.type}</Tag>}
      </span>
      <span className="num flex gap-2 text-2xs text-ink-3">
        <span className="truncate">{price}</span>
        {window && <span className="ml-auto shrink-0">{window}</span>}
      </span>
    </span>
  );
}
