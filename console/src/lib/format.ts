/** How figures, money and moments are written. Everything a reader sees goes through here. */
import { now } from "./now";

export type Money = { amount: string; currency: string };

const LOCALE = "en";
/** What stands where there is no figure. */
export const NONE = "–";

const integer = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumFractionDigits: 1 });

/** `12,345` */
export const count = (value: number) => integer.format(value);
/** `12.3K` */
export const compact = (value: number) => short.format(value);
/** `99.4%` of a share between 0 and 1; `0%` and `100%` where it is none or all */
export const percent = (share: number, digits = 1) =>
  Number.isFinite(share)
    ? `${(share * 100).toFixed(share === 0 || share === 1 ? 0 : digits)}%`
    : NONE;

/** `1 call`, `2 calls`, with the plural given where it is not formed by an s */
export const plural = (value: number, one: string, many = `${one}s`) =>
  `${count(value)} ${value === 1 ? one : many}`;

/** `640 ms`, `1.84 s`, `2 min 5 s` */
export function duration(milliseconds: number | null | undefined): string {
  if (milliseconds == null) return NONE;
  if (milliseconds > 0 && milliseconds < 0.1) return "<0.1 ms";
  if (milliseconds < 10) return `${Number(milliseconds.toFixed(1))} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(2)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86_400)
    return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

const currencies = new Map<string, Intl.NumberFormat>();
function currency(code: string, digits: number): Intl.NumberFormat {
  const key = `${code} ${digits}`;
  let format = currencies.get(key);
  if (!format) {
    const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    format = new Intl.NumberFormat(LOCALE, { style: "currency", currency: code, ...fraction });
    currencies.set(key, format);
  }
  return format;
}

/** Money as a number, for charts and comparisons only: sums are made by the program. */
export const amountOf = (money: Money | null | undefined) => (money ? Number(money.amount) : 0);

/** `$12.31`, `$0.0042`, `$11,382`: as many digits as tell something */
export function money(value: Money | null | undefined): string {
  if (!value) return NONE;
  const amount = Number(value.amount);
  const size = Math.abs(amount);
  const digits = size === 0 || size >= 1 ? 2 : size >= 0.01 ? 4 : 6;
  return currency(value.currency, size >= 10_000 ? 0 : digits).format(amount);
}
/** `$0.000019600`: every digit that is kept */
export function exactMoney(value: Money | null | undefined): string {
  if (!value) return NONE;
  const digits = value.amount.replace(/^-?\d+\.?/, "").replace(/0+$/, "").length;
  return currency(value.currency, Math.max(2, digits)).format(
    // As text: a number would not hold all of its digits.
    value.amount as `${number}`,
  );
}

/** `$0`, `$0.05`, `$0.50`, `$1.2K`: short, for axes */
export const axisMoney = (code: string) => {
  const short = { style: "currency", currency: code, notation: "compact" } as const;
  const format = new Intl.NumberFormat(LOCALE, {
    ...short,
    minimumFractionDigits: 0,
    maximumSignificantDigits: 3,
  });
  const cents = new Intl.NumberFormat(LOCALE, {
    ...short,
    minimumFractionDigits: 2,
    maximumFractionDigits: 6,
  });
  return (value: number) =>
    (Math.abs(value) >= 1000 || Number.isInteger(value) ? format : cents).format(value);
};

const clockFormat = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const minuteFormat = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const dayFormat = new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric" });
const dateFormat = new Intl.DateTimeFormat(LOCALE, {
  month: "short",
  day: "numeric",
  year: "numeric",
});
const monthFormat = new Intl.DateTimeFormat(LOCALE, { month: "long", year: "numeric" });
type Moment = string | number | Date;

/** `16:01:12` */
export const clock = (at: Moment) => clockFormat.format(new Date(at));
/** `16:01` */
export const minute = (at: Moment) => minuteFormat.format(new Date(at));
/** `Nov 21` */
export const day = (at: Moment) => dayFormat.format(new Date(at));
/** `Nov 21, 2026` */
export const date = (at: Moment) => dateFormat.format(new Date(at));
/** `November 2026` */
export const month = (at: Moment) => monthFormat.format(new Date(at));
/** `Nov 21, 16:01:12` */
export const moment = (at: Moment) => `${day(at)}, ${clock(at)}`;

/** `now`, `2 min ago`, `3 d ago`, `in 2 h` */
export function ago(at: Moment | null | undefined, since: number = now()): string {
  if (at == null) return NONE;
  const seconds = Math.round((since - new Date(at).getTime()) / 1000);
  const size = Math.abs(seconds);
  if (size < 5) return "now";
  const [value, unit] =
    size < 60
      ? [size, "s"]
      : size < 3600
        ? [Math.floor(size / 60), "min"]
        : size < 86_400
          ? [Math.floor(size / 3600), "h"]
          : [Math.floor(size / 86_400), "d"];
  return seconds < 0 ? `in ${value} ${unit}` : `${value} ${unit} ago`;
}

/** `Europe/Paris`: where the times on screen are */
export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `cached_input_tokens` as words: `Cached input tokens` */
export const words = (name: string) => {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
};
