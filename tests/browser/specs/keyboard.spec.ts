import type { Page } from "@playwright/test";
import { expect, test } from "../test.ts";

/** Presses Tab until this has the focus; fails when the focus comes round without it. */
async function tabTo(page: Page, testId: string, most = 60): Promise<void> {
  const seen: string[] = [];
  for (let i = 0; i < most; i += 1) {
    const at = await page.evaluate(() => document.activeElement?.closest("[data-testid]")?.getAttribute("data-testid") ?? "");
    if (at === testId) return;
    seen.push(at);
    await page.keyboard.press("Tab");
  }
  throw new Error(`${testId} is not reached by Tab; the focus went over ${seen.join(", ")}`);
}

/** The focused control, drawn so that a person sees where they are. */
async function expectFocusVisible(page: Page): Promise<void> {
  const outline = await page.evaluate(() => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement!);
    return { drawn: outlineStyle !== "none" && parseFloat(outlineWidth) > 0, boxShadow };
  });
  expect(outline.drawn || outline.boxShadow !== "none", "the focus can be seen").toBe(true);
}

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

test("a whole project is mapped, confirmed, run and reported without the pointer", async ({ page, bridge }) => {
  // The sample is opened.
  await tabTo(page, "sample-chinook");
  await expectFocusVisible(page);
  await press(page, "Enter");
  await expect(page.getByTestId("source-table-Album")).toBeVisible();

  // One column by hand: both tables are opened, and Enter on each end links.
  await tabTo(page, "source-tree");
  await expectFocusVisible(page);
  await press(page, "Home", "ArrowRight", "ArrowDown", "Enter");
  await expect(page.getByTestId("target-tree")).toBeFocused();
  await press(page, "Home", "ArrowRight", "ArrowDown", "Enter");
  await expect(page.getByTestId("link-album.album_id")).toBeVisible();

  // The rest by suggestion: one is taken back, one confirmed by Space, the others all at once.
  await tabTo(page, "suggest");
  await press(page, "Enter");
  await expect(page.getByTestId("mapper-message")).toContainText("links suggested");
  await tabTo(page, "target-tree");
  await press(page, "Home", "ArrowDown", "ArrowDown", "Space");
  await expect(page.getByTestId("link-album.title")).not.toHaveAttribute("data-suggested", "true");
  await tabTo(page, "accept-all");
  await press(page, "Enter");
  await expect(page.getByTestId("mapper-message")).toContainText("accepted");
  await press(page, "Control+z", "Control+Shift+z");
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-state", "saved");

  // The plan, and the run.
  await tabTo(page, "nav-check");
  await press(page, "Enter");
  await expect(page.getByTestId("run-hindrance")).toHaveText("Ready.");
  await tabTo(page, "start-run");
  await expectFocusVisible(page);
  await press(page, "Enter");
  await expect(page.getByTestId("run-status")).toHaveAttribute("data-status", "completed", { timeout: 100_000 });
  await expect(page.getByTestId("run-live")).toContainText("finished");

  await tabTo(page, "open-report");
  await press(page, "Enter");
  await expect(page.getByTestId("report-outcome")).toHaveAttribute("data-outcome", "green");

  // Once more onto the rows that are there now: what is deleted is confirmed by Space.
  await tabTo(page, "nav-check");
  await press(page, "Enter");
  await expect(page.getByTestId("findings-blocks")).toBeVisible();
  await tabTo(page, "existing-replace", 200);
  await press(page, "Enter");
  await expect(page.getByTestId("findings-blocks").getByTestId("existing-replace")).toHaveCount(10);

  const [run] = await bridge.call<{ outcome: string; written: number }[]>("runs");
  expect(run).toMatchObject({ outcome: "green", written: 15_607 });
});

test("a run under way is stopped and resumed without the pointer, and tells a screen reader how it goes", async ({ page, bridge }) => {
  const { openPeople } = await import("../projects.ts");
  await openPeople(page, bridge);
  await tabTo(page, "nav-check");
  await press(page, "Enter");
  await expect(page.getByTestId("run-hindrance")).toHaveText("Ready.");
  await tabTo(page, "start-run");
  await press(page, "Enter");
  await expect(page.getByTestId("total-written")).not.toHaveText("0");
  await expect(page.getByTestId("run-live")).toHaveAttribute("aria-live", "polite");
  await expect(page.getByTestId("run-live")).toContainText("running, loading");
  await expect(page.getByRole("progressbar", { name: "Rows read" })).toHaveAttribute("aria-valuenow", /\d/);
  await tabTo(page, "stop");
  await press(page, "Enter");
  await expect(page.getByTestId("run-status")).toHaveAttribute("data-status", "cancelled", { timeout: 60_000 });
  await tabTo(page, "resume");
  await press(page, "Enter");
  await expect(page.getByTestId("run-status")).toHaveAttribute("data-status", "completed", { timeout: 100_000 });
  expect((await bridge.call<{ written: number }[]>("runs"))[0]?.written).toBe(200_000);
});
