import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rootRoute, route } from "@tanstack/virtual-file-routes";

const features = fileURLToPath(new URL("./src/features", import.meta.url));

/** A folder of `src/features` with a `route.tsx` is a page at `/<folder>`; `overview` is the first one, at `/`. */
export const pages = readdirSync(features)
  .filter((folder) => existsSync(`${features}/${folder}/route.tsx`))
  .sort()
  .map((folder) => ({ folder, path: folder === "overview" ? "/" : `/${folder}` }));

export const routes = rootRoute(
  "app/root.tsx",
  pages.map(({ folder, path }) => route(path, `features/${folder}/route.tsx`)),
);
