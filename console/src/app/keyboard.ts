import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { remembered } from "@/lib/storage";
import { areas } from "./areas";

/** Whether keys without Ctrl do something: they can be turned off (WCAG 2.1.4). */
export const singleKeys = remembered<"on" | "off">("keys", "on", (text): text is "on" | "off" =>
  ["on", "off"].includes(text),
);

const CHORD_MS = 900;
/** Where letters are text. */
const TYPING = "input,textarea,select,[contenteditable=true],[role=dialog],[role=menu]";

export const loadPalette = () => import("./palette");

/** What a page is there to make: the first button of its header that says so. */
const CREATE = "#page-header [data-variant=primary]";

/** What keys do on every page. */
export function useKeyboard(does: { palette: () => void; help: () => void; rail: () => void }) {
  const navigate = useNavigate();
  const latest = useRef(does);
  latest.current = does;
  useEffect(() => {
    let chordUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      // What is typed right after Ctrl+K must find its field.
      if (event.key === "Control" || event.key === "Meta") void loadPalette();
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        return latest.current.palette();
      }
      const isTyping = (event.target as HTMLElement).closest(TYPING);
      if (isTyping || event.metaKey || event.ctrlKey || event.altKey || singleKeys.get() === "off")
        return;
      if (performance.now() < chordUntil) {
        chordUntil = 0;
        const area = areas.find((one) => one.key === event.key);
        if (!area) return;
        event.preventDefault();
        return void navigate({ to: area.path });
      }
      if (event.key === "g") chordUntil = performance.now() + CHORD_MS;
      if (event.key === "[") latest.current.rail();
      if (event.key === "?") latest.current.help();
      if (event.key === "c") document.querySelector<HTMLElement>(CREATE)?.click();
      if (event.key === "/") {
        const search = document.querySelector<HTMLInputElement>("[data-page-search]");
        if (search) event.preventDefault();
        search?.focus();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [navigate]);
}
