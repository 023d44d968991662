import { resolve } from "node:path";

import { defineConfig } from "@playwright/test";

/** The system's Chromium, as quiet as it goes: it asks nobody but the program under test. */
export default defineConfig({
  testDir: "tests",
  globalSetup: "./support/shared.ts",
  outputDir: "test-results",
  timeout: 180_000,
  // Approved pictures; what a machine draws differently by itself is far below these bounds.
  snapshotPathTemplate: "{testDir}/../pictures/{arg}{ext}",
  expect: { timeout: 30_000, toHaveScreenshot: { maxDiffPixelRatio: 0.002, threshold: 0.2 } },
  workers: 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    locale: "ru-RU",
    timezoneId: "Europe/Moscow",
    actionTimeout: 30_000,
    navigationTimeout: 30_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: "/usr/bin/chromium",
      env: { ...process.env, LANGUAGE: "ru", FONTCONFIG_FILE: resolve(import.meta.dirname, "fonts.conf") } as Record<string, string>,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=ru",
        "--disable-lcd-text",
        "--font-render-hinting=none",
        "--force-color-profile=srgb",
      ],
    },
  },
});
