import { expect, expectAccessible, openSample, test } from "../test.ts";
import { link, openTables, row } from "../steps.ts";

test.beforeEach(async ({ page }) => openSample(page));

test("a column is linked by selecting both ends and pressing Link", async ({ page }) => {
  await openTables(page, "Album", "album");
  await row(page, "source", "Album.Title").click();
  await row(page, "target", "album.title").click();
  await page.getByTestId("link").click();
  await expect(link(page, "album.title")).toBeVisible();
  await expect(link(page, "album.title")).toHaveAccessibleName(/^source Album\.Title mapped to target album\.title/);
  await expect(page.getByTestId("mapper-message")).toContainText("Linked Album.Title to album.title");
});

test("a column is linked by dragging it onto another", async ({ page }) => {
  await openTables(page, "Album", "album");
  const from = (await row(page, "source", "Album.ArtistId").boundingBox())!;
  const to = (await row(page, "target", "album.artist_id").boundingBox())!;
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x - 80, to.y, { steps: 5 });
  await expect(page.getByTestId("drag-line")).toBeVisible();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 5 });
  await expect(row(page, "target", "album.artist_id")).toHaveAttribute("data-drop", "yes");
  await page.mouse.up();
  await expect(page.getByTestId("drag-line")).toBeHidden();
  await expect(link(page, "album.artist_id")).toBeVisible();
});

test("a drag that is given up with Escape links nothing", async ({ page }) => {
  await openTables(page, "Album", "album");
  const from = (await row(page, "source", "Album.ArtistId").boundingBox())!;
  const to = (await row(page, "target", "album.artist_id").boundingBox())!;
  await page.mouse.move(from.x + 60, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(to.x + 60, to.y + 5, { steps: 5 });
  await expect(page.getByTestId("drag-line")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await expect(link(page, "album.artist_id")).toHaveCount(0);
});

test("a column is linked, unlinked and linked again by the keyboard alone", async ({ page }) => {
  const source = page.getByTestId("source-tree");
  const target = page.getByTestId("target-tree");
  await source.focus();
  for (const key of ["Home", "ArrowRight", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  await expect(page.getByTestId("mapper-message")).toContainText("Linking Album.AlbumId");
  await expect(target).toBeFocused();
  for (const key of ["Home", "ArrowRight", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  await expect(link(page, "album.album_id")).toBeVisible();
  await page.keyboard.press("Delete");
  await expect(link(page, "album.album_id")).toHaveCount(0);
  await page.keyboard.press("l");
  await expect(link(page, "album.album_id")).toBeVisible();
  await page.keyboard.press("j");
  await expect(source).toBeFocused();
});

test("what was done is undone and done again, and survives closing the project", async ({ page }) => {
  await openTables(page, "Album", "album");
  await row(page, "source", "Album.Title").click();
  await row(page, "target", "album.title").click();
  await page.getByTestId("link").click();
  await expect(link(page, "album.title")).toBeVisible();
  await page.getByTestId("undo").click();
  await expect(link(page, "album.title")).toHaveCount(0);
  await page.keyboard.press("Control+Shift+Z");
  await expect(link(page, "album.title")).toBeVisible();
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-state", "saved");

  await page.getByTestId("nav-start").click();
  await page.getByTestId("recent-project").getByRole("button").first().click();
  await expect(page.getByTestId("source-table-Album")).toBeVisible();
  await expect(link(page, "album")).toBeVisible();
});

test("suggestions are shown as such, rejected together, and brought back by undo", async ({ page }) => {
  await page.getByTestId("suggest-invite").click();
  await openTables(page, "Album", "album");
  await expect(link(page, "album.title")).toHaveAttribute("data-suggested", "true");
  await expect(link(page, "album.title")).toHaveAccessibleName(/suggested with \d+ %/);
  await page.getByTestId("reject-all").click();
  await expect(link(page, "album.title")).toHaveCount(0);
  await page.getByTestId("undo").click();
  await expect(link(page, "album.title")).toBeVisible();
  await row(page, "target", "album.title").click();
  await page.getByTestId("target-tree").focus();
  await page.keyboard.press("Space");
  await expect(link(page, "album.title")).not.toHaveAttribute("data-suggested", "true");
});

test("suggesting again leaves what a person has confirmed as it is", async ({ page }) => {
  await openTables(page, "Album", "album");
  await row(page, "source", "Album.ArtistId").click();
  await row(page, "target", "album.album_id").click();
  await page.getByTestId("link").click();
  await expect(link(page, "album.album_id")).toBeVisible();
  await page.getByTestId("suggest").click();
  await expect(link(page, "album.title")).toBeVisible();
  await expect(link(page, "album.album_id")).toHaveAccessibleName(/^source Album\.ArtistId mapped/);
});

test("a search finds tables and columns on its own side", async ({ page }) => {
  await page.getByTestId("target-search").fill("unit_price");
  await expect(row(page, "target", "invoice_line.unit_price")).toBeVisible();
  await expect(row(page, "target", "track.unit_price")).toBeVisible();
  await expect(row(page, "target", "album")).toHaveCount(0);
  await expect(row(page, "source", "Album")).toBeVisible();
});

test("the sheet of shortcuts opens with ? and the screen can be used by everybody", async ({ page }) => {
  await expectAccessible(page, "mapper");
  await page.getByTestId("source-tree").focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await expectAccessible(page, "shortcuts");
});

test("an expression shows its mistake at the character, and what it makes of real rows", async ({ page }) => {
  await openTables(page, "Album", "album");
  await row(page, "source", "Album.Title").click();
  await row(page, "target", "album.title").click();
  await page.getByTestId("link").click();
  await expect(link(page, "album.title")).toBeVisible();

  const expression = page.getByTestId("expression");
  await expression.fill('upper("Titel")');
  await expect(page.getByTestId("expression-result")).toHaveAttribute("data-problem", "true");
  await expect(page.getByTestId("expression-result")).toContainText("Titel");
  await expect(expression.locator(".cm-lintRange-error").first()).toHaveText('"Titel"');
  await expect(page.getByTestId("expression-apply")).toBeDisabled();
  await expectAccessible(page, "mapper with a broken expression");

  await expression.fill('upper("Title")');
  await expect(page.getByTestId("expression-result")).toContainText("Gives");
  await page.getByTestId("expression-apply").click();
  await expect(page.getByTestId("preview-rows")).toContainText("FOR THOSE ABOUT TO ROCK WE SALUTE YOU");
  await expect(link(page, "album.title")).toHaveAccessibleName(/transformed/);
  await page.getByTestId("undo").click();
  await expect(link(page, "album.title")).not.toHaveAccessibleName(/transformed/);
});

test("the grid shows the same mapping", async ({ page }) => {
  await page.getByTestId("suggest").click();
  await expect(page.getByTestId("mapper-message")).toContainText("links suggested");
  await page.getByTestId("view-grid").click();
  await page.getByTestId("grid-search").fill("artist_id");
  await expect(page.getByTestId("grid-row-album.artist_id")).toContainText("ArtistId");
  await expectAccessible(page, "grid");
});
