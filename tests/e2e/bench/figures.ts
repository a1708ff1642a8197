/** What was measured, beside what was promised; `cargo xtask bench` prints it. */
import { mkdirSync, writeFileSync } from "node:fs";

const FILE = new URL("../artefacts/bench.json", import.meta.url);

type Goal = { at_most: number } | { at_least: number };
export type Figure = { what: string; figure: number; digits: number; goal?: Goal };

const figures: Figure[] = [];

export function note(what: string, figure: number, goal?: Goal, digits = 0): void {
  figures.push({ what, figure, digits, ...(goal ? { goal } : {}) });
  mkdirSync(new URL(".", FILE), { recursive: true });
  writeFileSync(FILE, JSON.stringify(figures, null, 2));
}

const sorted = (values: number[]) => values.toSorted((one, other) => one - other);

/** The middle one; of an even number the greater of the middle two. */
export function median(values: number[]): number {
  return sorted(values)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The value that so large a share of all does not exceed. */
export function quantile(values: number[], share: number): number {
  return sorted(values)[Math.ceil(values.length * share) - 1] ?? Number.NaN;
}

/** By how much the second of the pairs grows for one of the first: least squares. */
export function slope(pairs: [number, number][]): number {
  const mean = (index: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length;
  const [x, y] = [mean(0), mean(1)];
  const above = pairs.reduce((sum, pair) => sum + (pair[0] - x) * (pair[1] - y), 0);
  return above / pairs.reduce((sum, pair) => sum + (pair[0] - x) ** 2, 0);
}
