/** Money as it is reckoned: in billionths, exactly. */
import type { Money } from "@/lib/format";

const PLACES = 9;

const billionths = (amount: string): bigint => {
  const [, sign, whole = "0", part = ""] = amount.match(/^(-?)(\d+)(?:\.(\d*))?$/) ?? [];
  const size = BigInt(whole + part.padEnd(PLACES, "0").slice(0, PLACES));
  return sign ? -size : size;
};

/** What amounts of one currency add up to. */
export function sumOf(amounts: Money[], currency: string): Money {
  const sum = amounts.reduce((total, money) => total + billionths(money.amount), 0n);
  const digits = String(sum < 0n ? -sum : sum).padStart(PLACES + 1, "0");
  const amount = `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`;
  return { amount: sum < 0n ? `-${amount}` : amount, currency };
}

/** A part as a share of a whole: for bars and percentages. */
export const shareOf = (part: Money, whole: Money): number =>
  Number(whole.amount) === 0 ? Number.NaN : Number(part.amount) / Number(whole.amount);

/** What is wrong with an amount that somebody typed, if anything is. */
export function amountFault(text: string): string | undefined {
  if (!/^\d+(\.\d{1,9})?$/.test(text.trim()))
    return "Write an amount such as 250 or 0.05, with at most nine places.";
  return billionths(text.trim()) === 0n ? "An amount is above zero." : undefined;
}

/** `50, 80, 100` in percent as the shares `0.5`, `0.8`, `1`; nothing where one is not understood. */
export function sharesOf(text: string): string[] | undefined {
  const parts = text.split(/[\s,;%]+/).filter(Boolean);
  const shares = parts.map((part) => {
    if (!/^\d{1,4}(\.\d)?$/.test(part)) return undefined;
    const permille = Number(part.replace(".", "")) * (part.includes(".") ? 1 : 10);
    if (permille < 1 || permille > 10_000) return undefined;
    const digits = String(permille).padStart(4, "0");
    return `${Number(digits.slice(0, -3))}.${digits.slice(-3)}`.replace(/\.?0+$/, "");
  });
  return shares.every((share) => share !== undefined) ? shares : undefined;
}

/** `0.8` as `80`: without the faults of binary fractions. */
export const percentOf = (share: string) => String(Math.round(Number(share) * 1000) / 10);
