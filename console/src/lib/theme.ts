import { remembered } from "./storage";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** The theme that the reader chose; `index.html` reads the same entry before anything is painted. */
export const theme = remembered<Theme>("theme", "system", (text): text is Theme =>
  (THEMES as readonly string[]).includes(text),
);

theme.subscribe(() => {
  const { dataset } = document.documentElement;
  if (theme.get() === "system") delete dataset.theme;
  else dataset.theme = theme.get();
});
