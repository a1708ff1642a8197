import type { Schemas } from "@/api/client";
import { words } from "@/lib/format";
import { now } from "@/lib/now";
import { isInForce } from "@/lib/prices";
import { conditionsText, dollars, unitOf } from "./meters";

type Price = Schemas["Price"];

/** What a model costs, meter by meter, with what it cost before behind a line. */
export function PriceList({ prices }: { prices: Price[] }) {
  const until = (price: Price) =>
    (price.conditions as { effective_until?: string })?.effective_until;
  const past = prices.filter((price) => {
    const end = until(price);
    return end !== undefined && Date.parse(end) <= now();
  });
  const present = prices.filter((price) => !past.includes(price));
  return (
    <div className="grid gap-2">
      {present.length === 0 ? (
        <p className="py-1 text-sm text-ink-2">
          It has no price: what its calls cost is not known, and a blocking budget refuses them.
        </p>
      ) : (
        <Rows prices={present} />
      )}
      {past.length > 0 && (
        <details>
          <summary className="cursor-pointer text-xs text-ink-3">
            Earlier prices ({past.length})
          </summary>
          <Rows prices={past} />
        </details>
      )}
    </div>
  );
}

const Rows = ({ prices }: { prices: Price[] }) => (
  <dl className="text-sm">
    {prices.map((price, index) => {
      const on = conditionsText(price);
      return (
        <div
          key={index}
          className="flex items-start justify-between gap-3 border-b border-line py-1.5"
        >
          <dt className="min-w-0">
            <span className="text-ink-2">{words(price.meter)}</span>
            {on && (
              <span className="block text-xs text-ink-3">
                {!isInForce(price) && "Not yet: "}
                {on}
              </span>
            )}
          </dt>
          <dd className="num shrink-0 text-right">
            {dollars(price)} <span className="text-xs text-ink-3">{unitOf(price.meter)}</span>
          </dd>
        </div>
      );
    })}
  </dl>
);
