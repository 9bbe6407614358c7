import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` shows the window in a browser; the bridge (see docs) answers for the engine at this address.
const bridge = process.env.ROWFERRY_BRIDGE ?? "http://127.0.0.1:4173";

export default defineConfig({
  plugins: [react()],
  base: "./",
  clearScreen: false,
  server: { port: 5173, strictPort: true, proxy: { "/api": bridge } },
  build: { target: "es2022", outDir: "dist", chunkSizeWarningLimit: 1500 },
  test: { environment: "jsdom", testTimeout: 30_000, include: ["src/**/*.test.{ts,tsx}"], setupFiles: ["src/testing/setup.ts"] },
});
