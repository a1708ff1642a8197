import { bisector } from "d3-array";
import { scaleLinear, scaleUtc } from "d3-scale";
import { area, curveMonotoneX, line, stack } from "d3-shape";
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { cx } from "@/lib/cx";
import { compact, count, timeZone } from "@/lib/format";
import { momentFormat, useWidth } from "./scale";

export type Series = { key: string; label: string; color: string; isDashed?: boolean };
/** The values of every series at a moment, by key. `null` is a hole. */
export type Point = { at: number; values: Record<string, number | null> };
export type Marker = { at: number; label: string };

type Props = {
  title: string;
  unit: string;
  /** What one point stands for: `15 min`. */
  bucket: string;
  points: Point[];
  series: Series[];
  height?: number;
  isStacked?: boolean;
  /** Bars on top of each other instead of areas, and the moment at which the last one ends. */
  barsUntil?: number;
  format?: (value: number) => string;
  /** On the axis, where there is less room. */
  shortFormat?: (value: number) => string;
  markers?: Marker[];
};

const MARGIN = { left: 48, right: 8, top: 10, bottom: 22 };
/** About what a digit of the axis takes. */
const DIGIT = 6.3;

/** Figures over time: areas or bars on top of each other, or lines. Arrow keys read the values; "Table" shows them all. */
export function TimeChart(props: Props) {
  const { points, series, height = 220, format = count } = props;
  const [ref, width] = useWidth();
  const [hovered, setHovered] = useState<number | null>(null);
  const [isTable, setTable] = useState(false);
  const id = useId();
  const shape = useMemo(() => draw(props, width, height), [props, width, height]);
  const written = momentFormat((points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0));
  const at = hovered === null ? undefined : points[hovered];
  const value = (point: Point, key: string) => {
    const found = point.values[key];
    return found == null ? "none" : format(found);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -12, PageDown: 12 }[event.key];
    if (event.key === "Escape") setHovered(null);
    if (!step) return;
    event.preventDefault();
    setHovered((now) =>
      Math.min(points.length - 1, Math.max(0, (now ?? points.length - 1) + step)),
    );
  };
  const spoken = at
    ? `${written(at.at)}: ${series.map((one) => `${one.label} ${value(at, one.key)}`).join(", ")}`
    : "Use arrow keys to read values.";
  return (
    <figure className="flex flex-col" aria-labelledby={id}>
      <figcaption id={id} className="sr-only">
        {props.title}, {props.unit}, per {props.bucket}, {timeZone()}
      </figcaption>
      <div className="flex min-h-6 items-start gap-3 px-3 pt-2 text-xs text-ink-2 pointer-coarse:pt-0">
        <div className="flex min-w-0 flex-1 flex-wrap gap-x-4 gap-y-1 pointer-coarse:py-3.5">
          {series.map((one) => (
            <span key={one.key} className="inline-flex items-center gap-1.5">
              <svg aria-hidden="true" width="12" height="8">
                <line
                  x2="12"
                  y1="4"
                  y2="4"
                  stroke={one.color}
                  strokeWidth="2.5"
                  strokeDasharray={one.isDashed ? "5 3" : undefined}
                />
              </svg>
              <span className="max-w-40 truncate">{one.label}</span>
              {at && <b className="num font-semibold text-ink">{value(at, one.key)}</b>}
            </span>
          ))}
        </div>
        <span className="num shrink-0 text-ink-3 max-sm:hidden">{at ? written(at.at) : ""}</span>
        <button
          type="button"
          onClick={() => setTable(!isTable)}
          aria-pressed={isTable}
          className="rounded px-1 text-ink-3 underline-offset-2 hover:text-ink hover:underline pointer-coarse:min-h-11 pointer-coarse:px-3"
        >
          Table
        </button>
      </div>
      <div
        ref={ref}
        style={{ height }}
        className={cx("relative", isTable && "overflow-auto px-3 py-2")}
      >
        {isTable ? (
          <ValueTable {...props} format={format} written={written} />
        ) : (
          shape && (
            <svg
              width={width}
              height={height}
              tabIndex={0}
              role="img"
              aria-label={`${props.title}. ${spoken}`}
              onKeyDown={onKey}
              onPointerMove={(event) =>
                setHovered(shape.pick(+shape.x.invert(event.nativeEvent.offsetX)))
              }
              onPointerLeave={() => setHovered(null)}
              className="block touch-pan-y"
            >
              <Axes shape={shape} width={width} height={height} written={written} />
              {shape.paths.map((path) => (
                <g key={path.series.key}>
                  {path.fill && (
                    <path
                      d={path.fill}
                      fill={path.series.color}
                      opacity={props.barsUntil ? 0.85 : 0.16}
                    />
                  )}
                  <path
                    d={path.line}
                    fill="none"
                    stroke={path.series.color}
                    strokeWidth={1.5}
                    strokeDasharray={path.series.isDashed ? "5 3" : undefined}
                    strokeLinejoin="round"
                  />
                  {path.dots?.map((point) => (
                    <circle
                      key={point.at}
                      cx={shape.x(point.at)}
                      cy={shape.y(point.values[path.series.key] ?? 0)}
                      r={2.5}
                      fill={path.series.color}
                    />
                  ))}
                </g>
              ))}
              {props.markers?.map((marker) => (
                <g key={`${marker.at} ${marker.label}`}>
                  <line
                    x1={shape.x(marker.at)}
                    x2={shape.x(marker.at)}
                    y1={MARGIN.top}
                    y2={height - MARGIN.bottom}
                    stroke="var(--ink-3)"
                    strokeDasharray="2 3"
                  />
                  <text
                    x={shape.x(marker.at) + 5}
                    y={MARGIN.top + 9}
                    className="fill-ink-2 text-[11px]"
                  >
                    {marker.label}
                  </text>
                </g>
              ))}
              {at && (
                <g pointerEvents="none">
                  <line
                    x1={shape.middle(hovered ?? 0)}
                    x2={shape.middle(hovered ?? 0)}
                    y1={MARGIN.top}
                    y2={height - MARGIN.bottom}
                    stroke="var(--line-strong)"
                  />
                  {shape.tops(at).map((top, index) => {
                    const one = series[index];
                    if (top === null || !one) return null;
                    return (
                      <circle
                        key={one.key}
                        cx={shape.middle(hovered ?? 0)}
                        cy={shape.y(top)}
                        r={3}
                        fill="var(--surface)"
                        stroke={one.color}
                        strokeWidth={2}
                      />
                    );
                  })}
                </g>
              )}
            </svg>
          )
        )}
      </div>
    </figure>
  );
}

/** More lines than four say no more. */
const TICKS = 3;

const byTime = bisector<Point, number>((point) => point.at);

type Shape = NonNullable<ReturnType<typeof draw>>;

/** Points between holes, which no line leads to. */
const lonely = (points: Point[], key: string) =>
  points.filter((point, index) => {
    const has = (other: Point | undefined) => other?.values[key] != null;
    return has(point) && !has(points[index - 1]) && !has(points[index + 1]);
  });

function draw({ points, series, ...props }: Props, width: number, height: number) {
  const { barsUntil } = props;
  const isStacked = props.isStacked || barsUntil !== undefined;
  const first = points[0];
  const last = points.at(-1);
  if (!width || !first || !last || (points.length < 2 && barsUntil === undefined)) return null;
  const keys = series.map((one) => one.key);
  /** The upper edge of each series at a point. */
  const tops = (point: Point) => {
    let sum = 0;
    return keys.map((key) => {
      const value = point.values[key] ?? null;
      if (!isStacked) return value;
      sum += value ?? 0;
      return sum;
    });
  };
  const short = props.shortFormat ?? compact;
  const highest = Math.max(0, ...points.flatMap((point) => tops(point).map((top) => top ?? 0)));
  const y = scaleLinear()
    .domain([0, (highest || 1) * 1.06])
    .nice(TICKS)
    .range([height - MARGIN.bottom, MARGIN.top]);
  const longest = Math.max(...y.ticks(TICKS).map((value) => short(value).length));
  const left = Math.max(MARGIN.left, Math.ceil(longest * DIGIT) + 14);
  const x = scaleUtc()
    .domain([first.at, barsUntil ?? last.at])
    .range([left, width - MARGIN.right]);
  const layers = isStacked
    ? stack<Point>()
        .keys(keys)
        .value((point, key) => point.values[key] ?? 0)(points)
    : [];
  /** Where the bar of a point ends; the same place where there are no bars. */
  const end = (index: number) =>
    x(barsUntil === undefined ? points[index]!.at : (points[index + 1]?.at ?? barsUntil));
  const paths = series.map((one, index) => {
    const layer = layers[index];
    if (layer && barsUntil !== undefined) {
      const bars = layer.map((part, place) => {
        const [left, right] = [x(part.data.at), end(place)];
        const gap = Math.min(2, (right - left) * 0.2);
        return part[1] > part[0]
          ? `M${left + gap / 2},${y(part[0])}H${right - gap / 2}V${y(part[1])}H${left + gap / 2}Z`
          : "";
      });
      return { series: one, fill: bars.join(""), line: "" };
    }
    if (layer) {
      const fill = area<(typeof layer)[number]>()
        .x((part) => x(part.data.at))
        .y0((part) => y(part[0]))
        .y1((part) => y(part[1]))
        .curve(curveMonotoneX);
      return { series: one, fill: fill(layer), line: fill.lineY1()(layer) ?? "" };
    }
    const path = line<Point>()
      .defined((point) => point.values[one.key] != null)
      .x((point) => x(point.at))
      .y((point) => y(point.values[one.key] ?? 0))
      .curve(curveMonotoneX);
    return { series: one, fill: null, line: path(points) ?? "", dots: lonely(points, one.key) };
  });
  return {
    x,
    y,
    left,
    short,
    tops,
    paths,
    middle: (index: number) => (x(points[index]?.at ?? 0) + end(index)) / 2,
    pick: (at: number) =>
      barsUntil === undefined
        ? byTime.center(points, at)
        : Math.max(0, byTime.right(points, at) - 1),
    times: x
      .ticks(Math.max(2, Math.floor(width / 110)))
      .filter((at) => x(at) < width - MARGIN.right * 2),
    values: y.ticks(TICKS),
  };
}

function Axes(props: {
  shape: Shape;
  width: number;
  height: number;
  written: (at: number) => string;
}) {
  const { shape, width, height } = props;
  return (
    <g aria-hidden="true">
      {shape.values.map((value) => (
        <g key={value}>
          <line
            x1={shape.left}
            x2={width - MARGIN.right}
            y1={shape.y(value)}
            y2={shape.y(value)}
            stroke="var(--grid)"
          />
          <text
            x={shape.left - 8}
            y={shape.y(value)}
            dy="0.32em"
            textAnchor="end"
            className="num fill-ink-3 text-[11px]"
          >
            {shape.short(value)}
          </text>
        </g>
      ))}
      {shape.times.map((at) => (
        <text
          key={+at}
          x={shape.x(at)}
          y={height - 6}
          textAnchor="middle"
          className="num fill-ink-3 text-[11px]"
        >
          {props.written(+at)}
        </text>
      ))}
    </g>
  );
}

/** Every value as text. */
function ValueTable({
  points,
  series,
  format,
  written,
  title,
}: Props & { format: (value: number) => string; written: (at: number) => string }) {
  return (
    <table className="num w-full text-xs" aria-label={title} tabIndex={0}>
      <thead>
        <tr>
          <th className="py-1 text-left font-medium text-ink-3">Time</th>
          {series.map((one) => (
            <th key={one.key} className="py-1 text-right font-medium text-ink-3">
              {one.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {points.map((point) => (
          <tr key={point.at} className="border-t border-line">
            <td className="py-1">{written(point.at)}</td>
            {series.map((one) => {
              const value = point.values[one.key];
              return (
                <td key={one.key} className="py-1 text-right">
                  {value == null ? "–" : format(value)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
