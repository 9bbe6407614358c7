import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, expectAccessible, openSample, setColors, test } from "../test.ts";
import { newProject } from "../steps.ts";

const chinook = join(import.meta.dirname, "../../../fixtures/chinook");

test("without a project, the start screen says what to do and can be used by everybody", async ({ page }) => {
  await expect(page.getByText("No project yet")).toBeVisible();
  await expectAccessible(page, "start");
});

test("a project that was opened is on the list, and opens again from there", async ({ page }) => {
  await openSample(page);
  await page.getByTestId("nav-start").click();
  await expect(page.getByTestId("recent-project")).toHaveCount(1);
  await expectAccessible(page, "start with projects");
  await page.getByTestId("recent-project").getByRole("button").first().click();
  await expect(page.getByTestId("screen-mapper")).toBeVisible();
});

test("a new project asks for its two connections first", async ({ page }) => {
  await newProject(page, "Shop to the new database");
  await expect(page.getByTestId("project-name")).toHaveText("Shop to the new database");
  await expect(page.getByTestId("connections-next")).toBeDisabled();
});

test("a project file of an earlier day opens where it is", async ({ page, bridge }) => {
  const file = join(bridge.folder, "copy.rowferry.json");
  for (const name of ["chinook.sqlite"]) writeFileSync(join(bridge.folder, name), readFileSync(join(chinook, name)));
  writeFileSync(file, readFileSync(join(chinook, "chinook.rowferry.json")));
  await page.getByTestId("open-project").click();
  await page.getByTestId("open-path-field").fill(file);
  await page.getByTestId("dialog-submit").click();
  await expect(page.getByTestId("screen-mapper")).toBeVisible();
  await expect(page.getByTestId("project-name")).toHaveText("Chinook");
});

test("a project file with a mistake is refused with the place of the mistake", async ({ page, bridge }) => {
  const file = join(bridge.folder, "broken.rowferry.json");
  const text = readFileSync(join(chinook, "chinook.rowferry.json"), "utf8");
  writeFileSync(file, text.replace('"to": "artist_id", "from"', '"to": "artist_id", "form"'));
  await page.getByTestId("open-project").click();
  await page.getByTestId("open-path-field").fill(file);
  await page.getByTestId("dialog-submit").click();
  const problem = page.getByTestId("problem");
  await expect(problem).toContainText("tables[0].columns[0]");
  await expect(problem).toContainText("broken.rowferry.json");
});

test("a file that is not there is named", async ({ page, bridge }) => {
  await page.getByTestId("import-project").click();
  await page.getByTestId("import-path-field").fill(join(bridge.folder, "absent.rowferry.json"));
  await page.getByTestId("dialog-submit").click();
  await expect(page.getByTestId("problem")).toContainText("absent.rowferry.json");
  await expect(page.getByTestId("problem-remedy")).toBeVisible();
});

test("the dark colours stay after a restart of the page", async ({ page }) => {
  await setColors(page, "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await expectAccessible(page, "start in dark");
});
