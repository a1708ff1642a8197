import { Outlet, useRouterState } from "@tanstack/react-router";
import { Menu as MenuIcon, Search } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { isOutdated, queryClient } from "@/api/client";
import { useStore } from "@/lib/store";
import { refreshOnEvents } from "@/live/refresh";
import { startLive } from "@/live/socket";
import { Button } from "@/ui/button";
import { ReviewHost } from "@/ui/change";
import { Kbd } from "@/ui/status";
import { Toasts } from "@/ui/toast";
import { Account } from "./account";
import { ConnectionLine } from "./connection-line";
import { loadPalette, useKeyboard } from "./keyboard";
import { NavigationList } from "./navigation";
import { Place, PlaceName } from "./place";

const Drawer = lazy(() => import("./drawer"));
const Palette = lazy(loadPalette);
const KeyboardHelp = lazy(() => import("./keyboard-help"));

/** The frame around every page. */
export function Shell() {
  const [front, setFront] = useState<"palette" | "drawer" | "keys" | null>(null);
  const [isRail, setRail] = useState(false);
  const close = () => setFront(null);
  useKeyboard({
    palette: () => setFront((now) => (now === "palette" ? null : "palette")),
    help: () => setFront("keys"),
    rail: () => setRail((now) => !now),
  });
  useEffect(() => {
    const ends = [refreshOnEvents(queryClient), startLive()];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  useFocusOnArrival();
  return (
    <div className="flex h-dvh">
      <a href="#main" className="skip">
        Skip to content
      </a>
      <aside
        data-rail={isRail || undefined}
        className="group/nav hidden w-[216px] shrink-0 flex-col border-r border-line data-rail:w-[52px] md:flex"
      >
        <div className="p-2">
          <Place />
        </div>
        <div className="px-2 pb-1">
          <button
            type="button"
            onClick={() => setFront("palette")}
            className="flex h-7 w-full items-center gap-2 rounded-md border border-control bg-surface px-2 text-xs text-ink-3 hover:bg-hover"
          >
            <Search aria-hidden className="size-3.5 shrink-0" />
            <span className="truncate group-data-rail/nav:sr-only">Search or run</span>
            <span aria-hidden className="ml-auto flex gap-0.5 group-data-rail/nav:hidden">
              <Kbd>Ctrl</Kbd>
              <Kbd>K</Kbd>
            </span>
          </button>
        </div>
        <NavigationList />
        <Account />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line px-1 md:hidden">
          <Button
            variant="ghost"
            size="icon"
            aria-label="Open navigation"
            aria-haspopup="dialog"
            aria-expanded={front === "drawer"}
            onClick={() => setFront("drawer")}
          >
            <MenuIcon aria-hidden className="size-5" />
          </Button>
          <PlaceName />
          <Button
            variant="ghost"
            size="icon"
            aria-label="Search or run"
            className="ml-auto"
            onClick={() => setFront("palette")}
          >
            <Search aria-hidden className="size-5" />
          </Button>
        </header>
        <ConnectionLine />
        <OutdatedLine />
        <main id="main" className="min-h-0 flex-1 overflow-y-auto">
          <Outlet />
        </main>
      </div>
      <Suspense fallback={null}>
        {front === "drawer" && <Drawer onClose={close} />}
        {front === "palette" && <Palette onClose={close} />}
        {front === "keys" && <KeyboardHelp onClose={close} />}
      </Suspense>
      <ReviewHost />
      <Toasts />
    </div>
  );
}

/** A reader by ear hears where he is. */
function useFocusOnArrival() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef(path);
  useEffect(() => {
    const hasMoved = before.current !== undefined && before.current !== path;
    before.current = path;
    if (hasMoved) document.getElementById("page-title")?.focus({ preventScroll: true });
  }, [path]);
}

function OutdatedLine() {
  if (!useStore(isOutdated)) return null;
  return (
    <div
      role="status"
      className="flex items-center gap-3 border-b border-line bg-accent-soft px-4 py-1.5 text-xs"
    >
      Glaux was updated.
      <Button onClick={() => location.reload()}>Reload this page</Button>
    </div>
  );
}
