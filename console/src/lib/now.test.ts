import { afterEach, expect, test, vi } from "vitest";
import { ago } from "./format";
import { heardDate, now } from "./now";

afterEach(() => {
  vi.useRealTimers();
  heardDate(new Date().toUTCString());
});

const PROGRAM = Date.UTC(2026, 10, 21, 12);
const at = (offset: number) => {
  vi.useFakeTimers({ now: PROGRAM + offset });
  heardDate(new Date(PROGRAM).toUTCString());
};

test("a browser that is three hours off tells ages as they are", () => {
  for (const offset of [3 * 3_600_000, -3 * 3_600_000]) {
    at(offset);
    expect(ago(PROGRAM - 120_000)).toBe("2 min ago");
    vi.useRealTimers();
  }
});

test("a second or two is no difference, and no header changes nothing", () => {
  at(2_000);
  expect(now()).toBe(PROGRAM + 2_000);
  heardDate(null);
  heardDate("yesterday");
  expect(now()).toBe(PROGRAM + 2_000);
});
