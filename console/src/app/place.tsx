import { ChevronsUpDown } from "lucide-react";
import { useMe } from "@/api/session";
import { words } from "@/lib/format";
import { useEnvironment } from "@/lib/use-environment";
import { EnvironmentMark } from "@/ui/environment";
import { onDemand } from "@/ui/on-demand";
import { Brand } from "./brand";

/** Which organization and environment is looked at, on a phone. */
export function PlaceName() {
  const me = useMe();
  const [environment] = useEnvironment();
  return (
    <>
      <Brand />
      <span className="ml-1 min-w-0 truncate text-sm font-semibold">
        {me.organization.display_name}
      </span>
      <span className="ml-2 inline-flex shrink-0 items-center gap-1.5 text-xs text-ink-3">
        <EnvironmentMark of={environment} />
        {words(environment)}
      </span>
    </>
  );
}

const PlaceMenu = onDemand(() => import("./place-menu"));

/** The same as a button whose menu changes it. */
export function Place() {
  const me = useMe();
  const [environment] = useEnvironment();
  return (
    <PlaceMenu
      trigger={
        <button
          type="button"
          className="flex h-10 w-full items-center gap-2 rounded-md px-2 text-left group-data-rail/nav:px-1.5 hover:bg-hover pointer-coarse:h-11"
        >
          <Brand />
          <span className="min-w-0 flex-1 leading-tight group-data-rail/nav:sr-only">
            <span className="block truncate text-sm font-semibold">
              {me.organization.display_name}
            </span>
            <span className="flex items-center gap-1.5 text-2xs text-ink-3">
              <EnvironmentMark of={environment} className="!h-2" />
              {words(environment)}
            </span>
          </span>
          <ChevronsUpDown aria-hidden className="size-3.5 text-ink-3 group-data-rail/nav:hidden" />
        </button>
      }
    />
  );
}
