import { readFileSync, writeFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, openSample, test } from "../test.ts";
import { link, openTables, row } from "../steps.ts";

/** Links by selecting both ends, and waits until it is in the file. */
async function linkAndSave(page: Page, source: string, target: string): Promise<void> {
  await row(page, "source", source).click();
  await row(page, "target", target).click();
  await page.getByTestId("link").click();
  await expect(link(page, target)).toBeVisible();
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-state", "saved");
}

async function projectFile(bridge: { call: <Reply>(operation: string) => Promise<Reply> }): Promise<string> {
  const [project] = await bridge.call<{ path: string }[]>("recent_projects");
  return project!.path;
}

async function reopen(page: Page): Promise<void> {
  await page.getByTestId("recent-project").getByRole("button").first().click();
  await expect(page.getByTestId("source-table-Album")).toBeVisible();
}

test("undo and redo survive a restart, to any point", async ({ page, bridge, context }) => {
  await openSample(page);
  await openTables(page, "Album", "album");
  await linkAndSave(page, "Album.AlbumId", "album.album_id");
  await linkAndSave(page, "Album.Title", "album.title");
  await linkAndSave(page, "Album.ArtistId", "album.artist_id");
  await page.getByTestId("undo").click();
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-state", "saved");

  // Another window, with nothing of the first but the workspace.
  await page.evaluate(() => localStorage.clear());
  await page.close();
  const again = await context.newPage();
  await again.goto(bridge.address);
  await reopen(again);
  await openTables(again, "Album", "album");
  await expect(again.getByTestId("undo")).toHaveAccessibleName("Undo: Link Album.Title to album.title");
  await expect(again.getByTestId("redo")).toHaveAccessibleName("Redo: Link Album.ArtistId to album.artist_id");

  await again.getByTestId("project-menu").click();
  await again.getByTestId("project-edits").click();
  const steps = again.getByTestId("edit-step");
  await expect(steps).toHaveText([
    "Linked Album.ArtistId to album.artist_id, undone",
    "Linked Album.Title to album.title",
    "Linked Album.AlbumId to album.album_id",
    "As the project was at first",
  ]);
  await expectAccessible(again, "edits");
  await steps.nth(2).click();
  await expect(link(again, "album.album_id")).toBeVisible();
  await expect(link(again, "album.title")).toHaveCount(0);
  await steps.nth(0).click();
  await expect(link(again, "album.artist_id")).toBeVisible();
  await steps.nth(3).click();
  await expect(link(again, "album.album_id")).toHaveCount(0);
  await expect(again.getByTestId("save-state")).toHaveAttribute("data-state", "saved");
});

test("an edit that no save has reached is there after the window died", async ({ page }) => {
  await openSample(page);
  await openTables(page, "Album", "album");
  await page.route("**/api/call/save_project", (route) => route.abort());
  await row(page, "source", "Album.Title").click();
  await row(page, "target", "album.title").click();
  await page.getByTestId("link").click();
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-state", "failed");
  await expect(page.getByTestId("save-state")).toContainText("Not saved");

  await page.unroute("**/api/call/save_project");
  await page.reload();
  await reopen(page);
  await openTables(page, "Album", "album");
  await expect(link(page, "album.title")).toBeVisible();
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-state", "saved");
  await expect(page.getByTestId("undo")).toHaveAccessibleName("Undo: Link Album.Title to album.title");
});

test("a project that was changed while it was closed is not harmed by older patches, and the change can be undone", async ({ page, bridge }) => {
  await openSample(page);
  await openTables(page, "Album", "album");
  await linkAndSave(page, "Album.AlbumId", "album.album_id");
  await linkAndSave(page, "Album.Title", "album.title");
  await page.getByTestId("nav-start").click();
  const file = await projectFile(bridge);
  const document = JSON.parse(readFileSync(file, "utf8")) as { tables: { columns: { to: string }[] }[] };
  document.tables[0]!.columns = document.tables[0]!.columns.filter((column) => column.to !== "album_id");
  writeFileSync(file, JSON.stringify(document));

  await reopen(page);
  await openTables(page, "Album", "album");
  await expect(link(page, "album.album_id")).toHaveCount(0);
  await expect(link(page, "album.title")).toBeVisible();
  await expect(page.getByTestId("undo")).toHaveAccessibleName("Undo: Change the file outside of this window");
  await page.getByTestId("undo").click();
  await expect(link(page, "album.album_id")).toBeVisible();
  await expect(page.getByTestId("undo")).toHaveAccessibleName("Undo: Link Album.Title to album.title");
  await page.getByTestId("undo").click();
  await page.getByTestId("undo").click();
  await expect(page.getByTestId("undo")).toBeDisabled();
  await expect(link(page, "album.title")).toHaveCount(0);
});

for (const choice of ["mine", "theirs"] as const) {
  test(`a file that another program has changed is a conflict: ${choice}`, async ({ page, bridge }) => {
    await openSample(page);
    await openTables(page, "Album", "album");
    await linkAndSave(page, "Album.AlbumId", "album.album_id");
    const file = await projectFile(bridge);
    const document = JSON.parse(readFileSync(file, "utf8")) as { name: string };
    document.name = "Changed by hand";
    writeFileSync(file, JSON.stringify(document));

    await row(page, "source", "Album.Title").click();
    await row(page, "target", "album.title").click();
    await page.getByTestId("link").click();
    const conflict = page.getByTestId("conflict");
    await expect(conflict).toContainText("was changed by another program");
    await expect(conflict).toContainText("chinook.rowferry.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(document);

    await page.getByTestId("conflict-difference").click();
    const difference = page.getByRole("dialog", { name: "Yours and theirs" });
    await expect(difference.getByTestId("diff-rows")).toContainText("Changed by hand");
    await expect(difference.getByTestId("diff-rows")).toContainText("link Album.Title → album.title");
    await expectAccessible(page, "difference");
    await difference.getByTestId(`conflict-${choice}`).click();

    await expect(page.getByTestId("conflict")).toHaveCount(0);
    await expect(page.getByTestId("save-state")).toHaveAttribute("data-state", "saved");
    const written = JSON.parse(readFileSync(file, "utf8")) as { name: string };
    expect(written.name).toBe(choice === "mine" ? "Chinook: CamelCase to snake_case" : "Changed by hand");
    await expect(link(page, "album.title")).toHaveCount(choice === "mine" ? 1 : 0);
    await expect(page.getByTestId("project-name")).toHaveText(written.name);
  });
}
