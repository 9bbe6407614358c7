import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { openFile, openInvoices } from "../projects.ts";
import { checkAndRun, openTables, runEnds } from "../steps.ts";
import { expect, expectAccessible, openSample, setColors, test } from "../test.ts";

type Visit = (page: Page, screen: string) => Promise<void>;

/** Goes over every screen of a project with something on each, and does the same on all of them. */
async function visitAll(page: Page, visit: Visit): Promise<void> {
  await visit(page, "mapper");
  await page.getByTestId("view-grid").click();
  await expect(page.getByTestId("grid")).toBeVisible();
  await visit(page, "grid");
  await page.getByTestId("view-links").click();
  await page.getByTestId("nav-connections").click();
  await expect(page.getByTestId("connection-source")).toBeVisible();
  await visit(page, "connections");
  await page.getByTestId("nav-check").click();
  await expect(page.getByTestId("run-hindrance")).toHaveText("Ready.");
  await visit(page, "check");
  await page.getByTestId("start-run").click();
  await runEnds(page, "completed");
  await visit(page, "run");
  await page.getByTestId("show-rejects").first().click();
  await expect(page.getByTestId("reject").first()).toBeVisible();
  await visit(page, "rejects");
  await page.keyboard.press("Escape");
  await page.getByTestId("open-report").click();
  await expect(page.getByTestId("picture-rejects-by-reason")).toBeVisible();
  await visit(page, "report");
  await page.getByTestId("nav-history").click();
  await expect(page.getByTestId("history-open").first()).toBeVisible();
  await visit(page, "history");
  await page.getByTestId("nav-start").click();
  await expect(page.getByTestId("recent-projects")).toBeVisible();
  await visit(page, "start");
}

for (const colors of ["light", "dark"] as const) {
  test(`every screen can be used by everybody in ${colors} colours`, async ({ page, bridge }) => {
    await setColors(page, colors);
    await openInvoices(page, bridge);
    await visitAll(page, expectAccessible);
  });
}

/** Every control that can be seen is inside the window, or inside something that scrolls to it. */
async function expectNothingCut(page: Page, screen: string): Promise<void> {
  const cut = await page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    const found: string[] = [];
    if (document.documentElement.scrollWidth > wide) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    for (const element of document.querySelectorAll<HTMLElement>("button, input, select, a[href], [role=tab], h1, h2, [role=status]")) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0 || element.closest(".spoken, [aria-hidden=true]")) continue;
      let scrolls = false;
      for (let parent = element.parentElement; parent && !scrolls; parent = parent.parentElement) {
        scrolls = parent.scrollWidth > parent.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(parent).overflowX);
      }
      if (!scrolls && (box.left < -1 || box.right > wide + 1)) {
        found.push(`${element.tagName} ${element.dataset.testid ?? element.textContent?.slice(0, 40)} from ${box.left} to ${box.right}`);
      }
    }
    return found;
  });
  expect(cut, `what is cut off on the ${screen} screen`).toEqual([]);
}

test.describe("at 200 %", () => {
  // What is left of 1440 × 900 when everything is twice as large.
  test.use({ viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 });

  test("every control of every screen can be reached", async ({ page, bridge }) => {
    await openInvoices(page, bridge);
    await visitAll(page, expectNothingCut);
  });
});

test.describe("from right to left", () => {
  test.use({ locale: "ar-EG" });

  test("the window is mirrored, and no control is cut off", async ({ page, bridge }) => {
    await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
    await openInvoices(page, bridge);
    const source = (await page.getByTestId("source-tree").boundingBox())!;
    const target = (await page.getByTestId("target-tree").boundingBox())!;
    expect(source.x, "the source stands where reading begins").toBeGreaterThan(target.x);
    await visitAll(page, expectNothingCut);
  });

  test("Arabic tables and columns are linked, checked and run, each name with a direction of its own", async ({ page, bridge }) => {
    writeFileSync(join(bridge.folder, "العملاء.csv"), "الرقم,الاسم,amount (ر.س)\n1,ليلى,10.50\n2,Omar,7\n");
    const file = join(bridge.folder, "arabic.rowferry.json");
    writeFileSync(file, JSON.stringify({
      rowferry: 1,
      name: "نقل العملاء 2026",
      connections: { files: { url: "csv:العملاء.csv" }, shop: { url: "sqlite:shop.sqlite" } },
      source: "files",
      target: "shop",
      tables: [{
        from: { schema: "files", table: "العملاء" },
        to: { schema: "main", table: "عملاء" },
        columns: ["الرقم", "الاسم", "amount (ر.س)"].map((column) => ({ to: column, from: [column] })),
      }],
    }));
    await openFile(page, file);
    await openTables(page, "العملاء", "عملاء");
    await expect(page.getByTestId("link-عملاء.الاسم")).toBeVisible();
    await expectAccessible(page, "mapper with Arabic names");
    // A name that runs the other way does not turn the words around it.
    const isolated = await page.getByText("amount (ر.س)").evaluateAll((all) =>
      all.every((each) => each.tagName === "title" || each.closest("bdi") !== null));
    expect(isolated, "names stand in bdi").toBe(true);
    await checkAndRun(page);
    await runEnds(page, "completed");
    await page.getByTestId("open-report").click();
    await expect(page.getByTestId("report-outcome")).toHaveAttribute("data-outcome", "green");
    await expect(page.getByTestId("picture-rows-by-table").locator("th bdi").first()).toHaveText("main.عملاء");
    await expectAccessible(page, "report with Arabic names");
  });
});

test.describe("with reduced motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("nothing moves by itself", async ({ page }) => {
    await openSample(page);
    await page.getByTestId("suggest").click();
    await expect(page.getByTestId("mapper-message")).toContainText("links suggested");
    const moving = await page.evaluate(() =>
      document.getAnimations().filter((each) => Number(each.effect?.getComputedTiming().duration ?? 0) > 20).length);
    expect(moving).toBe(0);
  });
});

test("a saved report shows its pictures, in a page that needs nothing else", async ({ page, bridge }) => {
  await openInvoices(page, bridge);
  await checkAndRun(page);
  await runEnds(page, "completed");
  const [run] = await bridge.call<{ run: string }[]>("runs");
  const path = join(bridge.folder, "report.html");
  await bridge.call("render_report", { run: run?.run, format: "html", path });
  copyFileSync(path, join(bridge.folder, "saved.html"));
  await page.goto(`file://${join(bridge.folder, "saved.html")}`);
  for (const about of ["rows-by-table", "match-rate", "rejects-by-reason", "time-by-phase"]) {
    await expect(page.locator(`.picture[data-about=${about}]`)).toBeVisible();
  }
  await expect(page.locator(".picture[data-about=rejects-by-reason] rect.rejected").first()).toBeVisible();
  await expectAccessible(page, "saved report");
});
