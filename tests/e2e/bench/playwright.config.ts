import { defineConfig } from "@playwright/test";
import suite from "../playwright.config.ts";

/** The console is measured by one browser at a time, on the release with a million calls. */
export default defineConfig(suite, {
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../artefacts/bench",
  workers: 1,
  timeout: 600_000,
  use: { trace: "off" },
});
