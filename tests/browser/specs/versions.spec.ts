import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, openSample, test } from "../test.ts";
import { link, openTables, row } from "../steps.ts";

test.beforeEach(async ({ page }) => openSample(page));

async function linkTo(page: Page, source: string, target: string): Promise<void> {
  await row(page, "source", source).click();
  await row(page, "target", target).click();
  await page.getByTestId("link").click();
  await expect(link(page, target)).toBeVisible();
}

async function openPanel(page: Page, panel: string): Promise<void> {
  await page.getByTestId("project-menu").click();
  await page.getByTestId(`project-${panel}`).click();
}

async function keepVersion(page: Page, name: string): Promise<void> {
  await page.getByTestId("version-name").fill(name);
  await page.getByTestId("version-keep").click();
  await expect(page.getByTestId("version").filter({ hasText: name })).toBeVisible();
}

test("versions are named, compared in words, and gone back to by an edit that can be undone", async ({ page }) => {
  await openTables(page, "Album", "album");
  await linkTo(page, "Album.AlbumId", "album.album_id");
  await linkTo(page, "Album.Title", "album.title");
  await openPanel(page, "versions");
  await expect(page.getByText("No version has a name yet.")).toBeVisible();
  await keepVersion(page, "First draft");
  await page.keyboard.press("Escape");

  await row(page, "target", "album.album_id").click();
  await page.getByTestId("remove-link").click();
  await expect(link(page, "album.album_id")).toHaveCount(0);
  await row(page, "target", "album.title").click();
  await page.getByTestId("expression").fill('upper("Title")');
  await page.getByTestId("expression-apply").click();
  await linkTo(page, "Album.ArtistId", "album.artist_id");
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-state", "saved");
  await openPanel(page, "versions");
  await keepVersion(page, "Reviewed");

  const versions = page.getByTestId("version");
  await expect(versions).toHaveCount(2);
  await expect(versions.nth(0)).toContainText("Reviewed");
  await expect(versions.nth(0)).toContainText("1 added");
  await expect(versions.nth(0)).toContainText("1 removed");
  await versions.nth(1).getByTestId("version-compare").click();
  const diff = page.getByTestId("diff-rows");
  await expect(diff).toContainText("link Album.ArtistId → album.artist_id");
  await expect(diff).toContainText("link Album.AlbumId → album.album_id");
  await expect(diff.locator("del")).toHaveText("Title");
  await expect(diff.locator("ins")).toHaveText('upper("Title")');
  await expectAccessible(page, "versions");

  // The other way round.
  await page.getByTestId("compare-to").click();
  await page.getByRole("option", { name: /First draft/ }).click();
  await page.getByTestId("compare-from").click();
  await page.getByRole("option", { name: /Reviewed/ }).click();
  await expect(diff.locator("ins")).toHaveText("Title");

  await versions.nth(1).getByTestId("version-restore").click();
  await expect(page.getByTestId("versions")).toBeHidden();
  await expect(link(page, "album.album_id")).toBeVisible();
  await expect(link(page, "album.artist_id")).toHaveCount(0);
  await page.getByTestId("undo").click();
  await expect(link(page, "album.artist_id")).toBeVisible();
  await expect(link(page, "album.album_id")).toHaveCount(0);
});

test("a project is exported, changed elsewhere, and imported again after a look at what would change", async ({ page, bridge }) => {
  const file = join(bridge.folder, "exported");
  await openTables(page, "Album", "album");
  await linkTo(page, "Album.Title", "album.title");
  await openPanel(page, "export");
  await page.getByTestId("export-path-field").fill(file);
  await page.getByTestId("export-submit").click();
  await expect(page.getByText("exported.rowferry.json")).toBeVisible();
  const text = readFileSync(`${file}.rowferry.json`, "utf8");
  const document = JSON.parse(text) as { tables: { filter?: string }[]; connections: Record<string, { url: string }> };
  expect(document.connections.source!.url).toMatch(/^sqlite:\//);

  // A file that is there is not replaced unasked.
  await openPanel(page, "export");
  await page.getByTestId("export-path-field").fill(file);
  await page.getByTestId("export-submit").click();
  await expect(page.getByTestId("problem")).toContainText("already");
  await page.getByTestId("export-replace").click();
  await expect(page.getByTestId("export-path-field")).toBeHidden();

  document.tables[0]!.filter = '"AlbumId" > 10';
  writeFileSync(`${file}.rowferry.json`, JSON.stringify(document));
  await openPanel(page, "import");
  await page.getByTestId("take-path-field").fill(`${file}.rowferry.json`);
  await page.getByTestId("take-look").click();
  await expect(page.getByTestId("diff-rows")).toContainText('filter: "AlbumId" > 10');
  await expect(page.getByTestId("diff-count")).toContainText("1 added");
  await expectAccessible(page, "import preview");
  await page.getByTestId("take-tables").uncheck();
  await expect(page.getByTestId("diff")).toContainText("Nothing would change");
  await page.getByTestId("take-tables").check();
  await page.getByTestId("take-submit").click();
  await row(page, "target", "album").click();
  await expect(page.getByTestId("filter-expression")).toContainText('"AlbumId" > 10');
  await expect(page.getByTestId("undo")).toHaveAccessibleName("Undo: Import exported.rowferry.json");
  await page.getByTestId("undo").click();
  await expect(page.getByTestId("filter-expression")).not.toContainText("AlbumId");
});

test("a broken file is refused with the path in it, and a file with a password is not taken", async ({ page, bridge }) => {
  const file = join(bridge.folder, "broken.rowferry.json");
  await page.getByTestId("nav-start").click();
  const [project] = await bridge.call<{ path: string }[]>("recent_projects");
  const text = readFileSync(project!.path, "utf8");
  await page.getByTestId("import-project").click();
  await page.getByTestId("import-path-field").fill(file);
  for (const [from, to, place] of [
    ['"tables": []', '"tables": [{"from": 7}]', "tables[0].from"],
    ["sqlite:chinook.sqlite", "postgres://me:hunter2@localhost/shop", "connections.source.url"],
  ] as const) {
    writeFileSync(file, text.replace(from, to));
    await page.getByTestId("dialog-submit").click();
    await expect(page.getByTestId("problem")).toContainText(place);
    await expect(page.getByTestId("problem")).not.toContainText("hunter2");
  }
  expect(await bridge.call("recent_projects")).toHaveLength(1);
});

test("importing a copy of a project that is here shows what would change in it", async ({ page, bridge }) => {
  const file = join(bridge.folder, "copy.rowferry.json");
  await page.getByTestId("nav-start").click();
  const [project] = await bridge.call<{ path: string }[]>("recent_projects");
  const document = JSON.parse(readFileSync(project!.path, "utf8")) as { options: { jobs: number } };
  document.options.jobs = 3;
  writeFileSync(file, JSON.stringify(document));
  await page.getByTestId("import-project").click();
  await page.getByTestId("import-path-field").fill(file);
  await page.getByTestId("dialog-submit").click();
  await expect(page.getByText(/It is a copy of Chinook/)).toBeVisible();
  await expect(page.getByTestId("diff-rows")).toContainText("parallel jobs");
  await page.getByTestId("import-new").check();
  await expect(page.getByTestId("diff-rows")).toContainText("connection source");
  await expectAccessible(page, "import");
  await page.getByTestId("import-update").check();
  await page.getByTestId("import-submit").click();
  await expect(page.getByTestId("screen-mapper")).toBeVisible();
  await expect(page.getByTestId("undo")).toHaveAccessibleName("Undo: Import copy.rowferry.json");
  expect(await bridge.call("recent_projects")).toHaveLength(1);
});
