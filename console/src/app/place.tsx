import { Menu } from "@base-ui/react/menu";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Check, ChevronsUpDown } from "lucide-react";
import { $api, queryClient } from "@/api/client";
import { useMe } from "@/api/session";
import { cx } from "@/lib/cx";
import { ENVIRONMENTS, type Environment } from "@/lib/environment";
import { words } from "@/lib/format";
import { useEnvironment } from "@/lib/use-environment";
import { Brand } from "./brand";

const MARK: Record<Environment, string> = {
  production: "bg-production",
  staging: "bg-staging",
  development: "bg-development",
};
/** The bar beside an environment's name. */
export const EnvironmentMark = ({ of, className }: { of: Environment; className?: string }) => (
  <span aria-hidden className={cx("h-3 w-[3px] shrink-0 rounded-full", MARK[of], className)} />
);

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

const item =
  "flex h-8 cursor-default items-center gap-2 rounded-md px-2 text-sm data-highlighted:bg-hover pointer-coarse:h-11";

/** The same as a menu that changes it. */
export function Place() {
  const me = useMe();
  const [environment, setEnvironment] = useEnvironment();
  const navigate = useNavigate();
  const organizations = useQuery(
    $api.queryOptions("get", "/api/organizations", {}, { staleTime: 300_000 }),
  );
  const enter = (name: string) => {
    queryClient.clear();
    void navigate({ to: ".", search: (old: object) => ({ ...old, org: name }) });
  };
  const others = organizations.data?.items ?? [];
  return (
    <Menu.Root>
      <Menu.Trigger className="flex h-10 w-full items-center gap-2 rounded-md px-2 text-left group-data-rail/nav:px-1.5 hover:bg-hover pointer-coarse:h-11">
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
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className="z-50">
          <Menu.Popup className="pop min-w-52 rounded-lg bg-raised p-1 shadow-pop outline-none">
            <Menu.RadioGroup value={environment} onValueChange={setEnvironment}>
              <Menu.GroupLabel className="px-2 py-1 text-2xs text-ink-3">
                Environment
              </Menu.GroupLabel>
              {ENVIRONMENTS.map((name) => (
                <Menu.RadioItem key={name} value={name} closeOnClick className={item}>
                  <EnvironmentMark of={name} />
                  {words(name)}
                  <Menu.RadioItemIndicator className="ml-auto">
                    <Check aria-hidden className="size-3.5" />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            {others.length > 1 && (
              <Menu.RadioGroup value={me.organization.name} onValueChange={enter}>
                <Menu.Separator className="my-1 h-px bg-line" />
                <Menu.GroupLabel className="px-2 py-1 text-2xs text-ink-3">
                  Organization
                </Menu.GroupLabel>
                {others.map((one) => (
                  <Menu.RadioItem key={one.id} value={one.name} closeOnClick className={item}>
                    <span className="truncate">{one.display_name}</span>
                    <Menu.RadioItemIndicator className="ml-auto">
                      <Check aria-hidden className="size-3.5" />
                    </Menu.RadioItemIndicator>
                  </Menu.RadioItem>
                ))}
              </Menu.RadioGroup>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
