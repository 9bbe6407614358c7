import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { inBoth } from "../pictures.ts";
import type { WebDriver } from "../webdriver.ts";
import { Window } from "../window.ts";

const fixtures = join(import.meta.dirname, "../../../fixtures/chinook");

/** Copies of the fixtures; the whole of Chinook in chunks so small that its run can be looked at. */
function projects(folder: string): { sales: string; whole: string } {
  for (const name of ["chinook.sqlite", "invoices.rowferry.json"]) copyFileSync(join(fixtures, name), join(folder, name));
  const whole = JSON.parse(readFileSync(join(fixtures, "chinook.rowferry.json"), "utf8")) as { name: string; options?: object };
  whole.name = "Chinook, whole";
  whole.options = { ...whole.options, chunk_rows: 4 };
  writeFileSync(join(folder, "whole.rowferry.json"), JSON.stringify(whole));
  return { sales: join(folder, "invoices.rowferry.json"), whole: join(folder, "whole.rowferry.json") };
}

async function openFile(window: WebDriver, path: string): Promise<void> {
  await window.click("nav-start");
  await window.element("screen-start");
  await window.scriptAsync(
    "return await window.__TAURI_INTERNALS__.invoke('call', { operation: 'open_project', request: { path: arguments[0] } })",
    path,
  );
  await window.script("location.reload()");
  // The latest is the first.
  await window.until("the list", () => window.script<boolean>(
    `const first = document.querySelector('[data-testid="recent-project"] button');
     if (!first || !first.textContent.includes(arguments[0])) return false;
     first.click();
     return true;`,
    path,
  ));
  await window.element("screen-mapper");
}

const rows = (window: WebDriver, side: "source" | "target") =>
  window.until(`rows of the ${side}`, () => window.script<boolean>(`return document.querySelector('[data-testid="${side}-tree"] [data-node]') !== null`));

async function openTable(window: WebDriver, side: "source" | "target", name: string): Promise<void> {
  await window.until(`${name} opens`, async () => {
    if ((await window.attributeOf(`${side}-table-${name}`, "aria-expanded")) === "true") return true;
    await window.doubleClick(await window.middleOf(`${side}-table-${name}`));
    return false;
  });
}

const statusOf = (window: WebDriver) => window.attributeOf("run-status", "data-status");

test("every screen is shown in light and in dark, with real rows", async () => {
  test.setTimeout(400_000);
  const folder = mkdtempSync(join(tmpdir(), "rowferry-screens-"));
  const { sales, whole } = projects(folder);
  const opened = await Window.open([]);
  const window = opened.driver;
  try {
    // The sample, mapped by suggestion.
    await window.click("sample-chinook");
    await rows(window, "target");
    await window.click("suggest");
    await window.until("suggestions", async () => (await window.textOf("mapper-message")).includes("links suggested"));
    for (const [source, target] of [["Customer", "customer"], ["Album", "album"]] as const) {
      await openTable(window, "source", source);
      await openTable(window, "target", target);
    }
    await window.click("target-column-album.title");
    await window.exists("link-album.title");
    await inBoth(window, "mapper");
    await window.click("accept-all");
    await window.until("acceptance", async () => (await window.textOf("mapper-message")).includes("accepted"));
    await window.click("view-grid");
    await window.element("grid");
    await inBoth(window, "grid");

    // A project of which rows are left out and rejected.
    await openFile(window, sales);
    await rows(window, "target");
    await window.click("nav-connections");
    await window.element("connection-source");
    await inBoth(window, "connections");
    await window.click("nav-check");
    await window.until("the plan", async () => (await window.textOf("run-hindrance")) === "Ready.");
    await inBoth(window, "check");
    await window.click("start-run");
    await window.until("the run's end", async () => (await statusOf(window)) === "completed", 120);
    await window.click("show-rejects");
    await window.element("reject");
    await inBoth(window, "rejects");
    await window.script("document.querySelector('[aria-label=\"Close the rejected rows\"]').click()");
    await window.until("the drawer is gone", () => window.script<boolean>("return document.querySelector('[data-testid=\"reject\"], .mantine-Drawer-overlay') === null"));
    await window.settled();
    await window.click("open-report");
    await window.element("picture-time-by-phase");
    await inBoth(window, "report");

    // A run under way.
    await openFile(window, whole);
    await rows(window, "target");
    await window.click("nav-check");
    await window.until("the plan", async () => (await window.textOf("run-hindrance")) === "Ready.");
    await window.click("start-run");
    await window.until("how long it takes", async () => /s|min/.test((await window.textOf("eta")).replace("not known yet", "")), 120);
    await inBoth(window, "run", { still: false });
    expect(["running", "completed"]).toContain(await statusOf(window));
    await window.until("the run's end", async () => (await statusOf(window)) === "completed", 200);
    await window.click("nav-start");
    await window.element("recent-projects");
    await inBoth(window, "start");
    // Without an open project: all runs.
    await window.click("nav-history");
    await window.element("history");
    await inBoth(window, "history");
  } finally {
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
