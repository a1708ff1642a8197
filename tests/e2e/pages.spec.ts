/** That the list of pages is whole. */
import { existsSync, readdirSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { pages } from "./pages.ts";

const FEATURES = new URL("../../console/src/features/", import.meta.url);

test("every folder of the console that is a page is looked at", () => {
  const folders = readdirSync(FEATURES).filter((folder) => existsSync(new URL(`${folder}/route.tsx`, FEATURES)));
  expect(folders.length).toBeGreaterThan(0);
  const paths = folders.map((folder) => (folder === "overview" ? "/" : `/${folder}`));
  expect(pages.map(({ path }) => path).toSorted()).toEqual(paths.toSorted());
});
