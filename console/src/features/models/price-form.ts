import type { Schemas } from "@/api/client";
import { type Conditions, conditionsOf, isPerMillion, rateText } from "./meters";

type Price = Schemas["Price"];

/** A price while it is edited: figures are text. */
export type PriceForm = {
  id: number;
  meter: string;
  rate: string;
  tier: string;
  above: string;
  region: string;
  from: string;
  until: string;
  /** `00:30`, of the day, UTC; both or none. */
  begin: string;
  end: string;
};

let next = 1;

export const emptyPrice = (meter = ""): PriceForm => ({
  id: next++,
  meter,
  rate: "",
  tier: "standard",
  above: "",
  region: "",
  from: "",
  until: "",
  begin: "",
  end: "",
});

const clock = (minutes: number | undefined) =>
  minutes === undefined
    ? ""
    : `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

const minutes = (text: string) => {
  const [hour = "0", minute = "0"] = text.split(":");
  return Number(hour) * 60 + Number(minute);
};

export function priceForm(price: Price): PriceForm {
  const on = conditionsOf(price);
  return {
    id: next++,
    meter: price.meter,
    rate: rateText(price),
    tier: on.service_tier ?? "standard",
    above: String(on.above_input_tokens ?? ""),
    region: on.region ?? "",
    from: on.effective_from ?? "",
    until: on.effective_until ?? "",
    begin: clock(on.minutes_of_day?.[0]),
    end: clock(on.minutes_of_day?.[1]),
  };
}

/** Whether a price is bound to more than its dates. */
export const hasConditions = (form: PriceForm) =>
  Boolean(
    form.tier !== "standard" || form.above || form.region || form.from || form.until || form.begin,
  );

export function problemOf(form: PriceForm): string | undefined {
  if (!form.meter.trim()) return "Say what is counted.";
  if (!/^\d{1,12}(\.\d{1,15})?$/.test(form.rate.trim())) return "Give dollars, as 0.40.";
  if (form.above && !/^\d{1,12}$/.test(form.above.trim())) return "Give a whole number of tokens.";
  return Boolean(form.begin) === Boolean(form.end)
    ? undefined
    : "Give both times of the day, or none.";
}

/** The prices, or nothing while one of them is wrong. */
export function pricesOf(forms: PriceForm[]): Price[] | undefined {
  if (forms.some(problemOf)) return undefined;
  return forms.map((form) => {
    const meter = form.meter.trim();
    const conditions: Conditions = {
      ...(form.tier !== "standard" && { service_tier: form.tier }),
      ...(form.above && { above_input_tokens: Number(form.above) }),
      ...(form.region.trim() && { region: form.region.trim() }),
      ...(form.from && { effective_from: form.from }),
      ...(form.until && { effective_until: form.until }),
      ...(form.begin && { minutes_of_day: [minutes(form.begin), minutes(form.end)] }),
    };
    const rate = form.rate.trim();
    return {
      meter,
      ...(isPerMillion(meter) ? { rate_per_million: rate } : { rate_per_unit: rate }),
      conditions: conditions as Price["conditions"],
    };
  });
}
