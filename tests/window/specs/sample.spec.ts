import { expect, test } from "@playwright/test";
import { picture } from "../pictures.ts";
import type { WebDriver } from "../webdriver.ts";
import { Window } from "../window.ts";

/** Double-clicks a table until its columns show: a click is lost when the list is drawn anew under it. */
async function openTable(window: WebDriver, testId: string): Promise<void> {
  await window.until(`${testId} opens`, async () => {
    if ((await window.attributeOf(testId, "aria-expanded")) === "true") return true;
    await window.doubleClick(await window.middleOf(testId));
    return window.script<boolean>(
      `return document.querySelector('[data-testid="' + arguments[0] + '"]')?.ariaExpanded === "true"`,
      testId,
    );
  });
}

test("in the real window the sample is mapped by hand and by suggestion, checked, run, and reported green", async () => {
  const opened = await Window.open(["--sample", "chinook"]);
  const window = opened.driver;
  try {
    await window.element("screen-mapper");
    await window.element("source-table-Album");

    // Double-clicking a table shows its columns.
    await openTable(window, "source-table-Album");
    await openTable(window, "target-table-album");
    const from = await window.middleOf("source-column-Album.Title");
    const to = await window.middleOf("target-column-album.title");
    await window.drag(from, to, async () => {
      await window.element("drag-line");
    });
    await window.exists("link-album.title");
    expect(await window.textOf("mapper-message")).toContain("Linked Album.Title to album.title");

    await window.click("suggest");
    await window.until("suggestions", async () => (await window.textOf("mapper-message")).includes("links suggested"));
    await window.exists("link-album.artist_id");
    await openTable(window, "target-table-invoice");
    await openTable(window, "source-table-Invoice");
    await window.exists("link-invoice.total");
    await window.click("accept-all");
    await window.until("acceptance", async () => (await window.textOf("mapper-message")).includes("accepted"));
    await window.until("saving", async () => (await window.attributeOf("save-state", "data-state")) === "saved");

    await window.click("nav-check");
    await window.until("the plan", async () => (await window.textOf("run-hindrance")) === "Ready.");
    await window.click("start-run");
    await window.until("the run's end", async () => (await window.attributeOf("run-status", "data-status")) === "completed", 120);

    await window.click("open-report");
    expect(await window.attributeOf("report-outcome", "data-outcome")).toBe("green");
    expect((await window.textOf("report-written")).replace(/\D/g, "")).toBe("15607");
  } catch (error) {
    await picture(window, "failure").catch(() => undefined);
    throw error;
  } finally {
    await opened.close();
  }
});
