import { defineConfig } from "@playwright/test";

/** Real Chromium; each worker starts a program and an upstream of its own, so that files run beside each other. */
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "artefacts/failures",
  workers: 2,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
