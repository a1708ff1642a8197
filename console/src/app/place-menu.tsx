import { Menu } from "@base-ui/react/menu";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Check } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { $api } from "@/api/client";
import { useMe } from "@/api/session";
import { ENVIRONMENTS } from "@/lib/environment";
import { words } from "@/lib/format";
import { useEnvironment } from "@/lib/use-environment";
import { EnvironmentMark } from "@/ui/environment";

/** The environments, and the organizations where there are several. */
export default function PlaceMenu({ trigger }: { trigger: ReactElement }) {
  const me = useMe();
  const [environment, setEnvironment] = useEnvironment();
  const navigate = useNavigate();
  const organizations = useQuery(
    $api.queryOptions("get", "/api/organizations", {}, { staleTime: 300_000 }),
  );
  const enter = (name: string) =>
    void navigate({ to: ".", search: (old: object) => ({ ...old, org: name }) });
  const all = organizations.data?.items ?? [];
  return (
    <Menu.Root defaultOpen>
      <Menu.Trigger render={trigger} />
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className="z-50">
          <Menu.Popup className="pop min-w-52 rounded-lg bg-raised p-1 shadow-pop outline-none">
            <Menu.RadioGroup value={environment} onValueChange={setEnvironment}>
              <Label>Environment</Label>
              {ENVIRONMENTS.map((name) => (
                <Choice key={name} value={name}>
                  <EnvironmentMark of={name} />
                  {words(name)}
                </Choice>
              ))}
            </Menu.RadioGroup>
            {all.length > 1 && (
              <Menu.RadioGroup value={me.organization.name} onValueChange={enter}>
                <Menu.Separator className="my-1 h-px bg-line" />
                <Label>Organization</Label>
                {all.map((one) => (
                  <Choice key={one.id} value={one.name}>
                    <span className="truncate">{one.display_name}</span>
                  </Choice>
                ))}
              </Menu.RadioGroup>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

const Label = ({ children }: { children: ReactNode }) => (
  <Menu.GroupLabel className="px-2 py-1 text-2xs text-ink-3">{children}</Menu.GroupLabel>
);

const Choice = ({ value, children }: { value: string; children: ReactNode }) => (
  <Menu.RadioItem
    value={value}
    closeOnClick
    className="flex h-8 cursor-default items-center gap-2 rounded-md px-2 text-sm data-highlighted:bg-hover pointer-coarse:h-11"
  >
    {children}
    <Menu.RadioItemIndicator className="ml-auto">
      <Check aria-hidden className="size-3.5" />
    </Menu.RadioItemIndicator>
  </Menu.RadioItem>
);
