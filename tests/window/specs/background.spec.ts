import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { WebDriver } from "../webdriver.ts";
import { Window } from "../window.ts";

const ROWS = 200_000;

/** A project whose run takes some seconds. */
function people(folder: string): string {
  const lines = Array.from({ length: ROWS }, (_, i) => `${i + 1},person ${i + 1}\n`);
  writeFileSync(join(folder, "people.csv"), `id,name\n${lines.join("")}`);
  const path = join(folder, "people.rowferry.json");
  writeFileSync(path, JSON.stringify({
    rowferry: 1,
    name: "People",
    connections: { files: { url: "csv:people.csv" }, shop: { url: "sqlite:shop.sqlite" } },
    source: "files",
    target: "shop",
    tables: [{
      from: { schema: "files", table: "people" },
      to: { schema: "main", table: "people" },
      columns: ["id", "name"].map((column) => ({ to: column, from: [column] })),
    }],
    options: { chunk_rows: 2_000 },
  }));
  return path;
}

async function startRun(window: WebDriver): Promise<void> {
  await window.element("screen-mapper");
  await window.click("nav-check");
  await window.until("the plan", async () => (await window.textOf("run-hindrance")) === "Ready.");
  await window.click("start-run");
  await window.until("rows", async () => (await window.textOf("total-written")) !== "0");
}

/** As by the window's own button. */
const closeWindow = (window: WebDriver) => window.script("window.__TAURI_INTERNALS__.invoke('close')");

const isVisible = (window: WebDriver) =>
  window.scriptAsync<boolean>("return await window.__TAURI_INTERNALS__.invoke('plugin:window|is_visible', { label: 'main' })");

test("a window that is closed during a run comes back when Rowferry is started again, with the run going on", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rowferry-people-"));
  const opened = await Window.open([people(folder)]);
  const window = opened.driver;
  try {
    await startRun(window);
    await closeWindow(window);
    await window.until("the window is out of sight", async () => !(await isVisible(window)));
    await opened.startAgain();
    await window.until("the window is back", () => isVisible(window));
    expect(["running", "completed"]).toContain(await window.attributeOf("run-status", "data-status"));
    await window.until("the run's end", async () => (await window.attributeOf("run-status", "data-status")) === "completed", 120);
    expect((await window.textOf("total-written")).replace(/\D/g, "")).toBe(String(ROWS));
  } finally {
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a run whose window is closed ends by itself, then the process does, and the history has it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rowferry-people-"));
  const opened = await Window.open([people(folder)], { stamped: true });
  let again: Window | undefined;
  try {
    await startRun(opened.driver);
    await closeWindow(opened.driver);
    await expect.poll(() => opened.isAlive(), { timeout: 120_000 }).toBe(false);
    await opened.close({ keep: true });
    again = await Window.open([], { folder: opened.folder });
    await again.driver.click("nav-history");
    await again.driver.until("the run", async () => (await again?.driver.textOf("outcome")) === "Complete and verified");
  } finally {
    await (again ?? opened).close();
    rmSync(folder, { recursive: true, force: true });
  }
});
