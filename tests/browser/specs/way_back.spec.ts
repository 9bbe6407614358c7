import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Bridge } from "../bridge.ts";
import { expect, expectAccessible, test } from "../test.ts";
import { checkAndRun, runEnds } from "../steps.ts";

/** Opens a project that carries the lines of a new CSV file into `people`. */
async function open(page: Page, bridge: Bridge, name: string, lines: string[], existing: string): Promise<void> {
  writeFileSync(join(bridge.folder, `${name}.csv`), `id,name\n${lines.join("\n")}\n`);
  const file = join(bridge.folder, `${name}.rowferry.json`);
  const project = {
    rowferry: 1,
    name,
    connections: { files: { url: `csv:${name}.csv` }, shop: { url: "sqlite:shop.sqlite" } },
    source: "files",
    target: "shop",
    tables: [{
      from: { schema: "files", table: name },
      to: { schema: "main", table: "people" },
      existing,
      columns: ["id", "name"].map((column) => ({ to: column, from: [column] })),
    }],
  };
  writeFileSync(file, JSON.stringify(project));
  await page.getByTestId("open-project").click();
  await page.getByTestId("open-path-field").fill(file);
  await page.getByTestId("dialog-submit").click();
  await expect(page.getByTestId("screen-mapper")).toBeVisible();
}

async function runs(page: Page, status = "completed"): Promise<void> {
  await page.getByTestId("start-run").click();
  await runEnds(page, status);
}

test("rows that a run replaced come back with a rollback, until the run is accepted", async ({ page, bridge }) => {
  await open(page, bridge, "first", ["1,Ada", "2,Bo"], "refuse");
  await checkAndRun(page);
  await runEnds(page, "completed");
  await expect(page.getByTestId("accept")).toHaveCount(0);
  await page.getByTestId("nav-start").click();

  await open(page, bridge, "second", ["3,Cy"], "replace");
  for (const end of ["rollback", "accept"]) {
    await page.getByTestId("nav-check").click();
    await expect(page.getByTestId("way-back")).toContainText("by the run itself");
    await page.getByTestId("confirmation").click();
    await expectAccessible(page, "check with what is kept");
    await runs(page);
    await expect(page.getByTestId("total-written")).toHaveText("1");
    await page.getByTestId(end).click();
    await page.getByTestId(`confirm-${end}`).click();
    if (end === "rollback") await runEnds(page, "rolled-back");
    else await expect(page.getByTestId("accept")).toHaveCount(0);
  }
  const run = (await bridge.call<{ run: string }[]>("runs"))[0]?.run;
  await expect(bridge.call("rollback_run", { run })).rejects.toThrow(/was accepted/);
});

test("rejected rows are corrected in their file and loaded from the window", async ({ page, bridge }) => {
  await open(page, bridge, "first", ["1,Ada"], "refuse");
  await checkAndRun(page);
  await runEnds(page, "completed");
  await page.getByTestId("nav-start").click();

  await open(page, bridge, "second", ["2,Bo", "three,Cy"], "append");
  await page.getByTestId("nav-check").click();
  await expect(page.getByTestId("run-hindrance")).toHaveText("Ready.");
  await runs(page);
  await page.getByTestId("show-rejects").click();
  await expectAccessible(page, "rejects");
  const path = await page.getByTestId("reload-path").inputValue();
  writeFileSync(path, readFileSync(path, "utf8").replaceAll('"three"', '"3"'));
  await page.getByTestId("reload").click();
  await runEnds(page, "completed");
  await expect(page.getByTestId("total-written")).toHaveText("1");
});
