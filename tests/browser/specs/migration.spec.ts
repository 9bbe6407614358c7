import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, expectAccessible, openSample, setColors, test } from "../test.ts";
import { checkAndRun, runEnds, suggestAndAcceptAll } from "../steps.ts";

test("the sample is suggested, accepted, checked, run, and proved to have arrived", async ({ page, bridge }) => {
  await openSample(page);
  await page.getByTestId("suggest").click();
  await expect(page.getByTestId("mapper-message")).toContainText("links suggested");
  await expectAccessible(page, "mapper with suggestions");
  await page.getByTestId("accept-all").click();
  await expect(page.getByTestId("filter-suggested")).toHaveAttribute("data-empty", "true");
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-state", "saved");

  await page.getByTestId("nav-check").click();
  await expect(page.getByTestId("run-hindrance")).toHaveText("Ready.");
  await expectAccessible(page, "check");
  await page.getByTestId("start-run").click();
  await runEnds(page, "completed");
  await expect(page.getByTestId("total-written")).toHaveText(/^15\s607$/);
  await expectAccessible(page, "run");

  await page.getByTestId("open-report").click();
  await expect(page.getByTestId("report-outcome")).toHaveAttribute("data-outcome", "green");
  await expect(page.getByTestId("report-written")).toHaveText(/^15\s607$/);
  await expectAccessible(page, "report");
  await page.getByTestId("nav-history").click();
  await expect(page.getByTestId("history-outcome").first()).toBeVisible();
  await expectAccessible(page, "history");

  const [run] = await bridge.call<{ run: string; outcome: string }[]>("runs");
  expect(run?.outcome).toBe("green");
});

test("every screen of a finished project can be used by everybody in the dark colours", async ({ page }) => {
  await openSample(page);
  await setColors(page, "dark");
  await suggestAndAcceptAll(page);
  await expectAccessible(page, "mapper in dark");
  await page.getByTestId("nav-connections").click();
  await expect(page.getByTestId("connection-source")).toBeVisible();
  await expectAccessible(page, "connections in dark");
  await checkAndRun(page);
  await runEnds(page, "completed");
  await expectAccessible(page, "run in dark");
  await page.getByTestId("open-report").click();
  await expect(page.getByTestId("report-outcome")).toBeVisible();
  await expectAccessible(page, "report in dark");
});

test("a dry run reads and checks everything and writes nothing", async ({ page, bridge }) => {
  await openSample(page);
  await suggestAndAcceptAll(page);
  await page.getByTestId("nav-check").click();
  await expect(page.getByTestId("run-hindrance")).toHaveText("Ready.");
  await page.getByTestId("dry-run").click();
  await runEnds(page, "completed");
  await page.getByTestId("open-report").click();
  await expect(page.getByTestId("report-outcome")).toHaveAttribute("data-outcome", "dry-run-clean");
  // The target is as empty as before: the same plan is still free to run.
  await checkAndRun(page);
  await runEnds(page, "completed");
  expect((await bridge.call<unknown[]>("runs")).length).toBe(2);
});

test("a target that holds rows blocks the run until the person chooses what to do about them", async ({ page }) => {
  await openSample(page);
  await suggestAndAcceptAll(page);
  await checkAndRun(page);
  await runEnds(page, "completed");
  await page.getByTestId("nav-check").click();
  await expect(page.getByTestId("findings-blocks")).toBeVisible();
  await expect(page.getByTestId("start-run")).toBeDisabled();
  await expectAccessible(page, "check with findings");
});

test("a run that is cancelled half-way is resumed, and every row arrives once", async ({ page, bridge }) => {
  const rows = 200_000;
  const lines = Array.from({ length: rows }, (_, i) => `${i + 1},person ${i + 1},${(i * 7919) % 100_000}.25\n`);
  writeFileSync(join(bridge.folder, "people.csv"), `id,name,balance\n${lines.join("")}`);
  const file = join(bridge.folder, "people.rowferry.json");
  const project = {
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
  };
  writeFileSync(file, JSON.stringify(project));

  await page.getByTestId("open-project").click();
  await page.getByTestId("open-path-field").fill(file);
  await page.getByTestId("dialog-submit").click();
  await expect(page.getByTestId("screen-mapper")).toBeVisible();
  await checkAndRun(page);
  await expect(page.getByTestId("total-written")).not.toHaveText("0");
  await page.getByTestId("cancel").click();
  await page.getByTestId("confirm-cancel").click();
  await runEnds(page, "cancelled");
  const written = async () => Number((await page.getByTestId("total-written").textContent())?.replace(/\D/g, ""));
  expect(await written()).toBeLessThan(rows);

  await page.getByTestId("resume").click();
  await runEnds(page, "completed");
  expect(await written()).toBe(rows);
  await page.getByTestId("open-report").click();
  await expect(page.getByTestId("report-outcome")).toHaveAttribute("data-outcome", "green");
});
