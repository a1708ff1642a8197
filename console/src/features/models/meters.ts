import type { Schemas } from "@/api/client";
import { count, date, words } from "@/lib/format";

type Price = Schemas["Price"];

/** When a price holds. */
export type Conditions = {
  effective_from?: string;
  effective_until?: string;
  above_input_tokens?: number;
  service_tier?: string;
  region?: string;
  minutes_of_day?: [number, number];
};

export const conditionsOf = (price: Price) => (price.conditions ?? {}) as Conditions;

/** The meters that models are priced by most, for who types one. */
export const COMMON_METERS = [
  "input_tokens",
  "cached_input_tokens",
  "cache_write_tokens",
  "cache_write_1h_tokens",
  "output_tokens",
  "reasoning_tokens",
  "input_audio_tokens",
  "output_audio_tokens",
  "input_image_tokens",
  "output_image_tokens",
  "output_images",
  "input_images",
  "input_characters",
  "input_audio_milliseconds",
  "output_audio_milliseconds",
  "web_searches",
  "file_searches",
  "search_units",
  "calls",
];

export const TIERS = ["standard", "batch", "flex", "priority"];

/** Whether there are so many of it that a price is said of a million. */
export const isPerMillion = (meter: string) => /(tokens|characters|milliseconds)$/.test(meter);

export const unitOf = (meter: string) => (isPerMillion(meter) ? "per million" : "each");

/** Moves the point of a decimal text: rates have more digits than a number holds. */
export function shifted(text: string, places: number): string {
  const [whole = "", part = ""] = text.split(".");
  const digits = whole + part;
  const point = whole.length + places;
  const padded =
    point <= 0 ? digits.padStart(digits.length - point + 1, "0") : digits.padEnd(point, "0");
  const at = point <= 0 ? 1 : point;
  const head = padded.slice(0, at).replace(/^0+(?=\d)/, "");
  const tail = padded.slice(at).replace(/0+$/, "");
  return tail ? `${head}.${tail}` : head;
}

/** The rate as it is said of this meter: of a million, or of one. */
export function rateText(price: Price): string {
  const millions = price.rate_per_million ?? shifted(price.rate_per_unit ?? "0", 6);
  return isPerMillion(price.meter) ? millions : shifted(millions, -6);
}

/** The same with at least two digits behind the point: `$0.40`. */
export function dollars(price: Price): string {
  const [whole = "0", part = ""] = rateText(price).split(".");
  return `$${whole}.${part.padEnd(2, "0")}`;
}

/** `batch tier · above 200,000 input tokens`; nothing where it always holds. */
export function conditionsText(price: Price): string {
  const on = conditionsOf(price);
  const hour = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  const parts = [
    on.service_tier && `${words(on.service_tier)} tier`,
    on.above_input_tokens && `above ${count(on.above_input_tokens)} input tokens`,
    on.region && `in ${on.region}`,
    on.minutes_of_day && `${hour(on.minutes_of_day[0])} to ${hour(on.minutes_of_day[1])} UTC`,
    on.effective_from && `from ${date(on.effective_from)}`,
    on.effective_until && `until ${date(on.effective_until)}`,
  ];
  return parts.filter(Boolean).join(" · ");
}
