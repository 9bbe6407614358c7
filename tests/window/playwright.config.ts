import { defineConfig } from "@playwright/test";

// Only the runner is Playwright's: the real window is driven through WebKit's own WebDriver.
export default defineConfig({
  testDir: "specs",
  outputDir: "out/results",
  forbidOnly: true,
  retries: 0,
  workers: 1,
  timeout: 180_000,
  reporter: "list",
});
