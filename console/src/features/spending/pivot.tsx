import { useState } from "react";
import { cx } from "@/lib/cx";
import { compact, count, exactMoney, money, percent, words } from "@/lib/format";
import { Button } from "@/ui/button";
import { Tag } from "@/ui/status";
import { shareOf } from "./amount";
import { CallLink, type Counted } from "./call-link";
import { NOTHING, OTHER, pivotOf, type Row } from "./explore";
import type { Names } from "./names";
import type { Sum } from "./queries";
import type { Dimension } from "./search";

const ROWS = 20;

type Props = {
  sums: Sum[];
  by: readonly Dimension[];
  names: Names;
  counted: Pick<Counted, "span" | "filters">;
};

/** What each group cost, with totals of rows and columns; figures lead to the calls behind them. */
export function Pivot({ sums, by, names, counted }: Props) {
  const [isWhole, setWhole] = useState(false);
  const { heads, rows, total } = pivotOf(sums, by, names);
  const [first, second] = by;
  const shown = isWhole ? rows : rows.slice(0, ROWS);
  const group = (row: string | undefined, head?: string) => ({
    ...(first && row !== undefined && { [first]: called(row, names) }),
    ...(second && head !== undefined && { [second]: called(head, names) }),
  });
  return (
    <div className="border-t border-line">
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Costs, table">
        <table aria-label="Costs by group" className="num w-full border-collapse text-sm">
          <thead>
            <tr className="h-8 border-b border-line text-xs text-ink-3">
              <th scope="col" className="px-3 text-left font-medium">
                {words(first ?? "all")}
              </th>
              {heads.map((head) => (
                <th
                  key={head.key}
                  scope="col"
                  title={head.label}
                  className="max-w-32 truncate px-3 text-right font-medium"
                >
                  {head.label}
                </th>
              ))}
              {!second && <NumberHead>Calls</NumberHead>}
              {!second && <NumberHead isMinor>Attempts</NumberHead>}
              <NumberHead>Cost</NumberHead>
              <NumberHead>Share</NumberHead>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.key} className="h-9 border-b border-line hover:bg-hover">
                <th scope="row" className="px-3 text-left font-normal">
                  <span className="flex items-center gap-2">
                    <span
                      dir="auto"
                      title={row.label}
                      className={cx(
                        "max-w-64 truncate",
                        row.key === NOTHING ? "text-ink-3" : "font-medium",
                      )}
                    >
                      {row.label}
                    </span>
                    <Marks row={row} />
                  </span>
                </th>
                {heads.map((head) => (
                  <Figure
                    key={head.key}
                    cost={row.cells.get(head.key)}
                    counted={{ ...counted, group: group(row.key, head.key) }}
                  />
                ))}
                {!second && (
                  <td className="px-3 text-right">
                    <CallLink counted={{ ...counted, group: group(row.key) }}>
                      {count(row.calls)}
                    </CallLink>
                  </td>
                )}
                {!second && (
                  <td className="px-3 text-right text-ink-2 max-md:hidden">
                    {count(row.attempts)}
                  </td>
                )}
                <Figure cost={row.cost} counted={{ ...counted, group: group(row.key) }} isStrong />
                <td className="px-3 text-right text-ink-2">
                  {percent(shareOf(row.cost, total.cost))}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr className="h-9 font-medium">
              <th scope="row" className="px-3 text-left font-medium">
                <span className="flex items-center gap-2">
                  Total <Marks row={total} />
                </span>
              </th>
              {heads.map((head) => (
                <Figure
                  key={head.key}
                  cost={total.cells.get(head.key)}
                  counted={{ ...counted, group: group(undefined, head.key) }}
                />
              ))}
              {!second && (
                <td className="px-3 text-right">
                  <CallLink counted={{ ...counted, group: {} }}>{count(total.calls)}</CallLink>
                </td>
              )}
              {!second && (
                <td className="px-3 text-right max-md:hidden">{count(total.attempts)}</td>
              )}
              <Figure cost={total.cost} counted={{ ...counted, group: {} }} isStrong />
              <td />
            </tr>
          </tfoot>
        </table>
      </div>
      {shown.length < rows.length && (
        <div className="border-t border-line p-2 text-center">
          <Button variant="ghost" onClick={() => setWhole(true)}>
            Show all {count(rows.length)}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Lists of calls are narrowed by names, where they are known. */
const called = (key: string, names: Names) =>
  key === NOTHING || key === OTHER ? key : (names.get(key) ?? key);

const NumberHead = ({ children, isMinor }: { children: string; isMinor?: boolean }) => (
  <th
    scope="col"
    className={cx("px-3 text-right font-medium whitespace-nowrap", isMinor && "max-md:hidden")}
  >
    {children}
  </th>
);

function Figure(props: { cost: Row["cost"] | undefined; counted: Counted; isStrong?: boolean }) {
  const { cost } = props;
  return (
    <td
      title={exactMoney(cost)}
      className={props.isStrong ? "px-3 text-right font-medium" : "px-3 text-right"}
    >
      {cost ? (
        <CallLink counted={props.counted}>{money(cost)}</CallLink>
      ) : (
        <span className="text-ink-3">–</span>
      )}
    </td>
  );
}

/** What the cost does not say by itself. */
function Marks({ row }: { row: Row }) {
  return (
    <>
      {row.unpriced > 0 && (
        <span title="Attempts with something that has no price: they cost more than is known">
          <Tag tone="warn">{compact(row.unpriced)} unpriced</Tag>
        </span>
      )}
      {row.estimated > 0 && (
        <span title="Attempts whose usage the provider did not report: it is estimated, or the most that it can be">
          <Tag>{compact(row.estimated)} estimated</Tag>
        </span>
      )}
    </>
  );
}
