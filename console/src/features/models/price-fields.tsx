import { X } from "lucide-react";
import { Button } from "@/ui/button";
import { SelectField, TextField } from "@/ui/field";
import type { ErrorAt } from "@/ui/form-dialog";
import { COMMON_METERS, TIERS, unitOf } from "./meters";
import { emptyPrice, hasConditions, type PriceForm, problemOf } from "./price-form";

type Props = {
  prices: PriceForm[];
  onChange: (prices: PriceForm[]) => void;
  errorAt: ErrorAt;
  /** Whether the reader has tried to go on: until then nothing typed is wrong. */
  isTried: boolean;
};

/** Prices by meter, one below the other; conditions unfold. */
export function PriceFields({ prices, onChange, errorAt, isTried }: Props) {
  const set = (id: number, part: Partial<PriceForm>) =>
    onChange(prices.map((price) => (price.id === id ? { ...price, ...part } : price)));
  return (
    <div className="grid gap-2">
      <datalist id="meters">
        {COMMON_METERS.map((meter) => (
          <option key={meter} value={meter} />
        ))}
      </datalist>
      {prices.map((price, index) => (
        <PriceRow
          key={price.id}
          price={price}
          error={errorAt(`/prices/${index}`) ?? (isTried ? problemOf(price) : undefined)}
          onChange={(part) => set(price.id, part)}
          onRemove={() => onChange(prices.filter((other) => other.id !== price.id))}
        />
      ))}
      <Button className="justify-self-start" onClick={() => onChange([...prices, emptyPrice()])}>
        Add price
      </Button>
    </div>
  );
}

function PriceRow(props: {
  price: PriceForm;
  error: string | undefined;
  onChange: (part: Partial<PriceForm>) => void;
  onRemove: () => void;
}) {
  const { price, onChange } = props;
  return (
    <div className="grid gap-2 rounded-md border border-line p-2.5">
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <TextField
            label="Counted"
            list="meters"
            spellCheck={false}
            className="font-mono !text-xs"
            value={price.meter}
            onChange={(event) => onChange({ meter: event.target.value })}
          />
        </div>
        <div className="w-44 max-sm:w-32">
          <TextField
            label="Dollars"
            inputMode="decimal"
            className="num text-right"
            unit={unitOf(price.meter)}
            value={price.rate}
            onChange={(event) => onChange({ rate: event.target.value })}
          />
        </div>
        <Button
          variant="ghost"
          size="icon"
          aria-label={`Remove price of ${price.meter || "nothing"}`}
          onClick={props.onRemove}
        >
          <X aria-hidden className="size-4" />
        </Button>
      </div>
      {props.error && <p className="text-xs text-bad">{props.error}</p>}
      <details open={hasConditions(price) || undefined}>
        <summary className="cursor-pointer text-xs text-ink-3">When it holds</summary>
        <div className="mt-2 grid gap-2 sm:grid-cols-3">
          <SelectField
            label="Tier"
            value={price.tier}
            onChange={(event) => onChange({ tier: event.target.value })}
          >
            {TIERS.map((tier) => (
              <option key={tier}>{tier}</option>
            ))}
          </SelectField>
          <TextField
            label="Above input tokens"
            inputMode="numeric"
            value={price.above}
            onChange={(event) => onChange({ above: event.target.value })}
          />
          <TextField
            label="Region"
            spellCheck={false}
            value={price.region}
            onChange={(event) => onChange({ region: event.target.value })}
          />
          <TextField
            label="From"
            placeholder="2026-12-01T00:00:00Z"
            spellCheck={false}
            value={price.from}
            onChange={(event) => onChange({ from: event.target.value })}
          />
          <TextField
            label="Until"
            placeholder="2027-01-01T00:00:00Z"
            spellCheck={false}
            value={price.until}
            onChange={(event) => onChange({ until: event.target.value })}
          />
          <div className="grid grid-cols-2 gap-2">
            <TextField
              label="Daily from, UTC"
              type="time"
              value={price.begin}
              onChange={(event) => onChange({ begin: event.target.value })}
            />
            <TextField
              label="To"
              type="time"
              value={price.end}
              onChange={(event) => onChange({ end: event.target.value })}
            />
          </div>
        </div>
      </details>
    </div>
  );
}
