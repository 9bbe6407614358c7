/**
 * How quickly the real window answers with schemas larger than most: see `tests/examples/wide.rs`.
 *
 * `cargo xtask bench-window` makes the schemas, starts a display, and prints what is measured here.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { test } from "@playwright/test";
import type { WebDriver } from "../webdriver.ts";
import { Window } from "../window.ts";
import { HARNESS } from "./harness.ts";
import { type Measured, table } from "./figures.ts";

const schemas = process.env.ROWFERRY_BENCH_SCHEMAS ?? "";
const result = process.env.ROWFERRY_BENCH_RESULT ?? join(import.meta.dirname, "../out/window.md");
const starts = Number(process.env.ROWFERRY_BENCH_STARTS ?? 3);

const START = 1500;
const OPEN = 1000;
const INTERACTION = 50;

const measured: Measured[] = [];

function note(what: string, times: number[], bar?: number): void {
  measured.push({ what, times, ...(bar === undefined ? {} : { bar }) });
}

test("the program starts", async () => {
  const times: number[] = [];
  for (let round = 0; round < starts; round += 1) {
    const window = await Window.open([], { stamped: true });
    try {
      await window.driver.element("new-project");
      const usable = await window.driver.until("the start screen is usable", () => window.driver.script<number | null>(
        'const [mark] = performance.getEntriesByName("usable"); return mark ? performance.timeOrigin + mark.startTime : null',
      ));
      times.push(usable - window.startedAt());
    } finally {
      await window.close();
    }
  }
  note("process started → start screen usable", times, START);
});

for (const [project, kind] of [["tables", "10,000 tables, 1,000 mapped"], ["columns", "500 × 500 columns, 500 links"]] as const) {
  test(kind, async () => {
    const opened = await Window.open([]);
    const window = opened.driver;
    const run = <T>(body: string, ...args: unknown[]) => window.scriptAsync<T>(body, ...args);
    const interact = async (what: string, body: string) => note(`${kind}: ${what}`, await run<number[]>(`return ${body}`), INTERACTION);
    try {
      await window.element("new-project");
      await enter(window, join(schemas, `${project}.rowferry.json`));
      note(`${kind}: opening, first time`, [await openListed(window)], OPEN);
      await run("bench.one('nav-start').click(); await bench.seen(() => bench.one('recent-projects'))");
      note(`${kind}: opening, again`, [await openListed(window)], OPEN);

      if (project === "columns") {
        await run(`for (const side of ["source", "target"]) {
          await bench.select(side, 1, "Home");
          await bench.select(side, 1, "ArrowRight");
          await bench.seen(() => bench.list(side).querySelector('[data-kind="column"]'));
        }`);
      }
      await interact("scrolling the source", "bench.scroll('source', 60, 260)");
      await interact("scrolling the target", "bench.scroll('target', 60, 260)");
      await interact("jumping", "bench.jump('target', 40)");
      await run("for (const side of ['source', 'target']) bench.list(side).scrollTop = 0; await bench.frame(); await bench.frame();");
      await interact("selecting by key", "bench.select('target', 60, 'ArrowDown')");
      await interact("dragging", "bench.drag(60)");
      await interact("searching", project === "tables" ? "bench.search('source', ['audit_0', 'name', 'zzz'])" : "bench.search('source', ['field1', 'xyz'])");
      await interact("filtering", "bench.filter(['filter-unmapped', 'filter-risk'], 5)");
      // Enter on a table opens or closes it; on a column it would begin a link.
      await run("bench.list('source').dispatchEvent(new KeyboardEvent('keydown', { key: 'Home', bubbles: true })); await bench.frame(); await bench.frame();");
      await interact("opening and closing a table", "bench.select('source', 40, 'Enter')");
      await run("bench.one('view-grid').click(); await bench.seen(() => document.querySelector('[data-testid=\"grid\"]'))");
      note(`${kind}: to the grid and back`, await run<number[]>(
        `const found = []; for (let i = 0; i < 6; i += 1) { found.push(await bench.act(() => bench.one('view-links').click())); found.push(await bench.act(() => bench.one('view-grid').click())); } return found`,
      ));
    } finally {
      await opened.close();
    }
  });
}

test.afterAll(() => {
  mkdirSync(dirname(result), { recursive: true });
  const build = process.env.ROWFERRY_BENCH_BUILD ?? "debug build";
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), WebKitGTK under Xvfb without a graphics card`;
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(result, `# How quickly the window answers\n\nMeasured in the real window by \`cargo xtask bench-window\`, ${day}: ${build}, ${machine}. An interaction is measured\nfrom the event to the painted frame that shows what it was done for; at 60 frames a second the least is 17 ms.\n\n${table(measured)}\n`);
});

/** Puts the project on the start screen's list. */
async function enter(window: WebDriver, path: string): Promise<void> {
  await window.scriptAsync(
    "return await window.__TAURI_INTERNALS__.invoke('call', { operation: 'open_project', request: { path: arguments[0] } })",
    path,
  );
  await window.script("location.reload()");
  await window.until("the project in the list", () => window.script<boolean>(
    `return document.querySelector('[data-testid="recent-project"] button') !== null`,
  ));
  await window.script(HARNESS);
}

/** Opens the first project of the list, until rows of both sides are on the screen. */
function openListed(window: WebDriver): Promise<number> {
  return window.scriptAsync<number>(
    `document.querySelector('[data-testid="recent-project"] button').click();
     return await bench.seen(() => ["source", "target"].every((side) => bench.list(side)?.querySelector("[data-node]")));`,
  );
}
