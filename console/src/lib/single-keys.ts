import { remembered } from "./storage";

/** Whether keys without Ctrl do something: they can be turned off (WCAG 2.1.4). */
export const singleKeys = remembered<"on" | "off">("keys", "on", (text): text is "on" | "off" =>
  ["on", "off"].includes(text),
);

/** Where letters are text. */
const TYPING = "input,textarea,select,[contenteditable=true],[role=dialog],[role=menu]";

/** Whether a key that was pressed by itself is to do something. */
export const isSingleKey = (event: KeyboardEvent) =>
  singleKeys.get() === "on" &&
  !event.metaKey &&
  !event.ctrlKey &&
  !event.altKey &&
  !(event.target as HTMLElement).closest(TYPING);
