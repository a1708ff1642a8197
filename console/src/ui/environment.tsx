import type { ReactNode } from "react";
import { cx } from "@/lib/cx";
import { type Environment, isEnvironment } from "@/lib/environment";
import { words } from "@/lib/format";

const MARK: Record<Environment, string> = {
  production: "bg-production",
  staging: "bg-staging",
  development: "bg-development",
};
/** The bar beside an environment's name. */
export const EnvironmentMark = ({ of, className }: { of: Environment; className?: string }) => (
  <span aria-hidden className={cx("h-3 w-[3px] shrink-0 rounded-full", MARK[of], className)} />
);

/** The API's types say `string` in some places. */
export const EnvironmentName = ({ of }: { of: string }) => (
  <span className="inline-flex items-baseline gap-1.5 whitespace-nowrap">
    {isEnvironment(of) && <EnvironmentMark of={of} className="self-center" />}
    {words(of)}
  </span>
);

/** Said before everything that Production feels at once. */
export const InProduction = ({ children }: { children: ReactNode }) => (
  <p className="flex items-center gap-2 rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
    <EnvironmentMark of="production" />
    <span>
      <b className="font-semibold">Production.</b> {children}
    </span>
  </p>
);
