/** Projects that a test begins with, written as files and opened from the start screen. */
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Bridge } from "./bridge.ts";
import { expect } from "./test.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/chinook");

/** Opens a project file by its path. */
export async function openFile(page: Page, path: string): Promise<void> {
  await page.getByTestId("open-project").click();
  await page.getByTestId("open-path-field").fill(path);
  await page.getByTestId("dialog-submit").click();
  await expect(page.getByTestId("screen-mapper")).toBeVisible();
}

/** A file with this many people, onto a new table in small chunks: a run long enough to be watched. */
export async function openPeople(page: Page, bridge: Bridge, rows = 200_000): Promise<void> {
  const lines = Array.from({ length: rows }, (_, i) => `${i + 1},person ${i + 1},${(i * 7919) % 100_000}.25\n`);
  writeFileSync(join(bridge.folder, "people.csv"), `id,name,balance\n${lines.join("")}`);
  const file = join(bridge.folder, "people.rowferry.json");
  writeFileSync(file, JSON.stringify({
    rowferry: 1,
    name: "People",
    connections: { files: { url: "csv:people.csv" }, shop: { url: "sqlite:shop.sqlite" } },
    source: "files",
    target: "shop",
    tables: [{
      from: { schema: "files", table: "people" },
      to: { schema: "main", table: "people" },
      columns: ["id", "name", "balance"].map((column) => ({ to: column, from: [column] })),
    }],
    options: { chunk_rows: 2_000 },
  }));
  await openFile(page, file);
}

/** Chinook's invoices with a postal code as a number, which not all are; its tracks without the videos. */
export async function openInvoices(page: Page, bridge: Bridge): Promise<void> {
  for (const name of ["chinook.sqlite", "invoices.rowferry.json"]) copyFileSync(join(fixtures, name), join(bridge.folder, name));
  await openFile(page, join(bridge.folder, "invoices.rowferry.json"));
}
