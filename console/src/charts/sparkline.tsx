import { area, curveMonotoneX } from "d3-shape";

/** The course of a figure, as an ornament beside it: the figure itself is what is read. */
export function Sparkline(props: {
  values: number[];
  color?: string;
  width?: number;
  height?: number;
}) {
  const { values, color = "var(--c1)", width = 64, height = 24 } = props;
  if (values.length < 2) return null;
  const low = Math.min(...values);
  const reach = Math.max(...values) - low || 1;
  const x = (index: number) => (index / (values.length - 1)) * width;
  const y = (value: number) => height - 2 - ((value - low) / reach) * (height - 4);
  const shape = area<number>()
    .x((_, index) => x(index))
    .y0(height)
    .y1(y)
    .curve(curveMonotoneX);
  return (
    <svg aria-hidden="true" width={width} height={height} className="mb-1 block shrink-0">
      <path d={shape(values) ?? ""} fill={color} opacity={0.14} />
      <path d={shape.lineY1()(values) ?? ""} fill="none" stroke={color} strokeWidth={1.25} />
    </svg>
  );
}
