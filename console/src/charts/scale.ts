/** What the charts share: how wide they are, and how moments are written under them. */
import { useEffect, useRef, useState } from "react";
import { day, minute, month } from "@/lib/format";

export function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(
      ([entry]) => entry && setWidth(Math.round(entry.contentRect.width)),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width] as const;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Writes moments of a chart that spans so many milliseconds. */
export function momentFormat(span: number): (at: number) => string {
  if (span <= 36 * HOUR) return minute;
  if (span <= 4 * DAY) return (at) => `${day(at)} ${minute(at)}`;
  if (span <= 400 * DAY) return day;
  return month;
}

/** The colour of the series at this place; more than six are not told apart. */
export const seriesColor = (index: number) =>
  index < 6 ? `var(--c${index + 1})` : "var(--c-other)";
