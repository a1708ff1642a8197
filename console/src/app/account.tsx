import { LogOut, Monitor, Moon, Sun } from "lucide-react";
import { api } from "@/api/client";
import { describe } from "@/api/problem";
import { useMe } from "@/api/session";
import { useStore } from "@/lib/store";
import { theme } from "@/lib/theme";
import { Button } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { notify } from "@/ui/toast";

const ICONS = { system: Monitor, light: Sun, dark: Moon };

/** Who is signed in, the theme, and the way out. */
export function Account() {
  const me = useMe();
  const Icon = ICONS[useStore(theme)];
  const initials = me.name
    .split(/[\s@.-]+/)
    .slice(0, 2)
    .map((part) => part.charAt(0).toUpperCase())
    .join("");
  return (
    <div className="flex items-center gap-2 border-t border-line px-3 py-2 group-data-rail/nav:flex-col group-data-rail/nav:px-1">
      <span
        aria-hidden
        className="grid size-6 shrink-0 place-items-center rounded-full bg-hover text-2xs font-semibold text-ink-2"
      >
        {initials}
      </span>
      <span className="min-w-0 flex-1 leading-tight group-data-rail/nav:sr-only">
        <span className="block truncate text-xs font-medium">{me.name}</span>
        <span className="block truncate text-2xs text-ink-3">
          {me.permissions.includes("*") ? "Platform admin" : me.organization.display_name}
        </span>
      </span>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label="Theme and account">
            <Icon aria-hidden className="size-4" />
          </Button>
        }
        entries={[
          { label: "Light theme", onSelect: () => theme.set("light") },
          { label: "Dark theme", onSelect: () => theme.set("dark") },
          { label: "Theme of the system", onSelect: () => theme.set("system") },
          "line",
          {
            label: (
              <>
                <LogOut aria-hidden className="size-4" /> Sign out
              </>
            ),
            onSelect: signOut,
          },
        ]}
      />
    </div>
  );
}

async function signOut() {
  try {
    await api.POST("/api/auth/logout");
    location.assign("/");
  } catch (error) {
    notify({ title: "You are still signed in", detail: describe(error).title, tone: "bad" });
  }
}
