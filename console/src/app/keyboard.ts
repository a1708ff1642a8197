import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { isSingleKey } from "@/lib/single-keys";
import { areas } from "./areas";

const CHORD_MS = 900;
export const loadPalette = () => import("./palette");

/** What a page is there to make: the first button of its header that says so. */
const CREATE = "#page-header [data-variant=primary]";

/** What is filled in is sent by Ctrl+Enter, and by Ctrl+S, which saves elsewhere. */
const isSubmit = (event: KeyboardEvent) =>
  (event.metaKey || event.ctrlKey) &&
  !event.shiftKey &&
  !event.altKey &&
  (event.key === "Enter" || event.key.toLowerCase() === "s");

/** What sends the form, or goes on in the dialog, that holds the focus. What is dangerous has to be pressed itself. */
function submitterOf(focused: HTMLElement): HTMLElement | undefined {
  // The browser opens it in a tab of its own.
  if (focused.closest("a[href]")) return undefined;
  const form = focused.closest("form");
  const buttons: Iterable<Element> = form
    ? form.elements
    : (focused.closest("[role=dialog]")?.querySelectorAll("[data-variant=primary]") ?? []);
  return [...buttons].find(
    (one): one is HTMLButtonElement =>
      one instanceof HTMLButtonElement &&
      one.dataset.variant !== "danger" &&
      (!form || one.type === "submit"),
  );
}

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
      const submitter = isSubmit(event) && submitterOf(event.target as HTMLElement);
      if (submitter) {
        event.preventDefault();
        // Held down it would confirm what the first time only asked for.
        if (!event.repeat) submitter.click();
        return;
      }
      if (!isSingleKey(event)) return;
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
