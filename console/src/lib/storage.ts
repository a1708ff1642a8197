/** What this browser remembers of its reader. A browser that keeps nothing is no error. */
import { type Store, store } from "./store";

/** A preference under `glaux.<name>`. Text that `accepts` refuses counts as absent. */
export function remembered<T extends string>(
  name: string,
  initial: T,
  accepts: (text: string) => text is T,
): Store<T> {
  const key = `glaux.${name}`;
  const kept = read(key);
  const inner = store<T>(kept !== null && accepts(kept) ? kept : initial);
  return {
    ...inner,
    set(next) {
      inner.set(next);
      try {
        if (next === initial) localStorage.removeItem(key);
        else localStorage.setItem(key, next);
      } catch {
        // Storage is full or forbidden: the preference lasts as long as the page.
      }
    },
  };
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
