import { defineConfig } from "@playwright/test";

// Not among the tests: what it measures depends on the machine.
export default defineConfig({
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../out/bench",
  retries: 0,
  workers: 1,
  timeout: 900_000,
  reporter: "line",
});
