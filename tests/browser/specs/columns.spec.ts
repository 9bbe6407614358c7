/** The columns of a link: its chain of functions, joining and splitting, values, risks, and what is missing. */
import type { Page } from "@playwright/test";
import { expect, expectAccessible, openSample, test } from "../test.ts";
import { link, openTables, row } from "../steps.ts";

test.beforeEach(async ({ page }) => openSample(page));

async function linkColumns(page: Page, source: string, target: string): Promise<void> {
  await row(page, "source", source).click();
  await row(page, "target", target).click();
  await page.getByTestId("link").click();
  await expect(link(page, target)).toBeVisible();
}

async function addStep(page: Page, name: string): Promise<void> {
  await page.getByTestId("add-step").click();
  await page.getByTestId("function-search").fill(name);
  await expect(page.getByTestId(`function-${name}`)).toHaveAttribute("aria-selected", "true");
  await page.getByTestId("function-search").press("Enter");
}

const expression = (page: Page) => page.getByTestId("expression");

test("a chain of functions shows each step on real rows, and is the same as the expression's text", async ({ page }) => {
  await openTables(page, "Album", "album");
  await linkColumns(page, "Album.Title", "album.title");
  await addStep(page, "upper");
  await expect(page.getByTestId("step-0-rows")).toContainText("FOR THOSE ABOUT TO ROCK WE SALUTE YOU");
  await addStep(page, "replace");
  await expect(expression(page)).toHaveText(`replace(upper("Title"), 'ab', 'cd')`);
  await page.getByTestId("step-1-field-0").fill("'ROCK'");
  await page.getByTestId("step-1-field-0").press("Enter");
  await page.getByTestId("step-1-field-1").fill("'SING'");
  await page.getByTestId("step-1-field-1").press("Enter");
  await expect(page.getByTestId("step-1-rows")).toContainText("FOR THOSE ABOUT TO SING WE SALUTE YOU");
  await expect(page.getByTestId("preview-step")).toHaveText(["upper", "replace"]);
  await expectAccessible(page, "chain");

  // The text is the truth: what is written there is the chain.
  await expression(page).fill(`trim(lower("Title"))`);
  await page.getByTestId("expression-apply").click();
  await expect(page.getByTestId("step-0")).toContainText("lower");
  await expect(page.getByTestId("step-1")).toContainText("trim");
  await expression(page).fill(`"AlbumId" * 2`);
  await expect(page.getByTestId("expression-result")).toContainText("Gives integer");
  await expect(page.getByTestId("step-0")).toHaveCount(0);
  await expect(page.getByTestId("chain-start")).toHaveText(`"AlbumId" * 2`);
});

test("steps are moved and taken out by keys and by buttons, each as one step of the history", async ({ page }) => {
  await openTables(page, "Album", "album");
  await linkColumns(page, "Album.Title", "album.title");
  await addStep(page, "upper");
  await addStep(page, "reverse");
  await expect(expression(page)).toHaveText(`reverse(upper("Title"))`);
  await page.getByTestId("step-1").focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(expression(page)).toHaveText(`upper(reverse("Title"))`);
  await expect(page.getByTestId("step-0")).toBeFocused();
  await page.keyboard.press("Delete");
  await expect(expression(page)).toHaveText(`upper("Title")`);
  await page.getByTestId("undo").click();
  await expect(expression(page)).toHaveText(`upper(reverse("Title"))`);
  await page.getByTestId("step-0-down").click();
  await expect(expression(page)).toHaveText(`reverse(upper("Title"))`);
  await page.getByTestId("step-1-remove").click();
  await page.getByTestId("step-0-remove").click();
  await expect(link(page, "album.title")).not.toHaveAccessibleName(/transformed/);
});

test("a step is dragged to another place", async ({ page }) => {
  await openTables(page, "Album", "album");
  await linkColumns(page, "Album.Title", "album.title");
  await addStep(page, "upper");
  await addStep(page, "reverse");
  await expect(page.getByTestId("step-1-rows")).toBeVisible();
  const grip = page.getByTestId("step-1").getByTitle("Drag to move this step");
  await grip.scrollIntoViewIfNeeded();
  const from = (await grip.boundingBox())!;
  const to = (await page.getByTestId("step-0").boundingBox())!;
  await page.mouse.move(from.x + 4, from.y + 4);
  await page.mouse.down();
  await page.mouse.move(to.x + 20, to.y + 10, { steps: 5 });
  await page.mouse.up();
  await expect(expression(page)).toHaveText(`upper(reverse("Title"))`);
});

test("the palette finds a function, and shows what its example gives and what it makes of real rows", async ({ page }) => {
  await openTables(page, "Album", "album");
  await linkColumns(page, "Album.Title", "album.title");
  await page.getByTestId("add-step").click();
  const search = page.getByTestId("function-search");
  await expect(search).toBeFocused();
  await search.fill("delimiter");
  await expect(page.getByTestId("function-split_part")).toBeVisible();
  await search.fill("split_part");
  await expect(page.getByTestId("function-details")).toContainText("split_part(str, delimiter, pos)");
  await expect(page.getByTestId("function-result")).toHaveText("3");
  await search.fill("upper");
  await expect(page.getByTestId("function-details")).toContainText("FOR THOSE ABOUT TO ROCK");
  await expectAccessible(page, "palette");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("function-search")).toHaveCount(0);
});

test("the editor completes columns and functions", async ({ page }) => {
  await openTables(page, "Album", "album");
  await linkColumns(page, "Album.Title", "album.title");
  await expression(page).fill("");
  await expression(page).pressSequentially("Tit");
  await expect(page.getByRole("option", { name: /^Title/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(expression(page)).toHaveText(`"Title"`);
  await expression(page).fill("");
  await expression(page).pressSequentially("initc");
  await expect(page.getByRole("option", { name: /^initcap/ })).toBeVisible();
});

test("a second column brought to a linked one joins it with a separator", async ({ page }) => {
  await openTables(page, "Customer", "customer");
  await linkColumns(page, "Customer.FirstName", "customer.first_name");
  await row(page, "source", "Customer.LastName").click();
  await page.getByTestId("link").click();
  const dialog = page.getByRole("dialog", { name: /first_name is linked already/ });
  await expect(dialog).toBeVisible();
  await page.getByTestId("join-separator").fill(", ");
  await expect(page.getByTestId("join-expression")).toHaveText(`concat_ws(', ', "FirstName", "LastName")`);
  await expect(page.getByTestId("join-rows")).toContainText("Luís, Gonçalves");
  await expectAccessible(page, "join");
  await page.getByTestId("join-both").click();
  // A line from each of the two.
  await expect(link(page, "customer.first_name")).toHaveCount(2);
  await expect(link(page, "customer.first_name").first()).toHaveAccessibleName(/Customer\.FirstName and Customer\.LastName mapped/);
  await page.getByTestId("undo").click();
  await expect(link(page, "customer.first_name")).toHaveCount(1);
});

test("a column is split into several at a delimiter, by the keyboard", async ({ page }) => {
  await openTables(page, "Customer", "customer");
  await linkColumns(page, "Customer.CustomerId", "customer.customer_id");
  await row(page, "source", "Customer.Email").click();
  await page.getByTestId("source-tree").focus();
  await page.keyboard.press("s");
  await expect(page.getByTestId("split-delimiter")).toBeFocused();
  await page.getByTestId("split-delimiter").fill("@");
  await page.getByTestId("split-target-0").selectOption("email");
  await page.getByTestId("split-target-1").selectOption("company");
  await expect(page.getByTestId("split-rows")).toContainText("embraer.com.br");
  await expectAccessible(page, "split");
  await page.getByTestId("split-delimiter").press("Enter");
  await expect(link(page, "customer.email")).toHaveAccessibleName(/Customer\.Email mapped to target customer\.email.*transformed/);
  await expect(link(page, "customer.company")).toHaveAccessibleName(/Customer\.Email mapped to target customer\.company/);
  await page.getByTestId("undo").click();
  await expect(link(page, "customer.company")).toHaveCount(0);
});

test("values are looked at when asked for: figures, examples and the query, on both sides", async ({ page }) => {
  await openTables(page, "Track", "track");
  await linkColumns(page, "Track.Composer", "track.composer");
  await expect(page.getByTestId("profile-source")).toHaveCount(0);
  await page.getByTestId("look").click();
  const source = page.getByTestId("profile-source");
  await expect(source).toContainText("977 (28 %)");
  await expect(source).toContainText("2 to 188");
  await expect(page.getByTestId("profile-target")).toContainText("Rows0");
  await source.getByText("The query").click();
  await expect(source).toContainText(`select rowid, "Composer" from "main"."Track"`);
  await expectAccessible(page, "profile");
  await page.getByTestId("source-samples").click();
  await expect(page.getByTestId("sample-Track.Name")).toContainText("For Those About To Rock");
});

test("a look that takes long is cancelled, and asked for again", async ({ page }) => {
  await openTables(page, "Track", "track");
  await row(page, "source", "Track.Composer").click();
  // The engine is quicker than a hand: its answer is held back, and the request to end it goes through.
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/api/call/profile_columns", async (route) => {
    await held;
    await route.continue().catch(() => undefined);
  });
  await page.getByTestId("look").click();
  const cancelled = page.waitForResponse("**/api/call/cancel_look");
  await page.getByTestId("profile-source-cancel").click();
  expect((await cancelled).ok()).toBe(true);
  await expect(page.getByTestId("profile-source")).toContainText("Nothing was looked at");
  release();
  await page.unroute("**/api/call/profile_columns");
  await page.getByTestId("profile-source-again").click();
  await expect(page.getByTestId("profile-source")).toContainText("977 (28 %)");
});

test("the preview shows the query that it ran", async ({ page }) => {
  await openTables(page, "Album", "album");
  await linkColumns(page, "Album.Title", "album.title");
  await page.getByTestId("preview-query").click();
  await expect(page.getByTestId("preview-query-text")).toHaveText(/^select rowid, "AlbumId", "Title", "ArtistId" from "main"\."Album" order by rowid limit 20$/);
});

test("a lookup is filled in as a table", async ({ page }) => {
  await openTables(page, "Genre", "genre");
  await linkColumns(page, "Genre.Name", "genre.name");
  await addStep(page, "case");
  await page.getByTestId("step-0-field-0").fill("'Rock'");
  await page.getByTestId("step-0-field-0").press("Enter");
  await page.getByTestId("step-0-field-1").fill("'Loud'");
  await page.getByTestId("step-0-field-1").press("Enter");
  await expect(expression(page)).toHaveText(`case "Name" when 'Rock' then 'Loud' else 'Unknown' end`);
  await expect(page.getByTestId("step-0-rows")).toContainText("Loud");
});

test("a link at risk says so in the tree and on the link, and shows a value that would be lost", async ({ page }) => {
  await openTables(page, "Track", "genre");
  await linkColumns(page, "Track.Composer", "genre.name");
  await expect(row(page, "target", "genre.name")).toContainText("narrowing");
  await expect(link(page, "genre.name")).toContainText("narrowing");
  await page.getByTestId("find-losses").click();
  await expect(page.getByTestId("losses")).toContainText("longer than 120 characters");
  await expect(page.getByTestId("losses")).toContainText(/in all 3\s503 rows/);
  await expect(page.getByTestId("filter-risk")).toHaveText("At risk 1");
});

test("a required column without a source is counted, and mended with one click", async ({ page }) => {
  await openTables(page, "Customer", "customer");
  await linkColumns(page, "Customer.City", "customer.city");
  await expect(page.getByTestId("filter-required")).toHaveText("Required 3");
  await page.getByTestId("filter-required").click();
  await expect(row(page, "target", "customer.city")).toHaveCount(0);
  await row(page, "target", "customer.first_name").click();
  await expect(page.getByTestId("unmapped")).toHaveAttribute("data-missing", "true");
  await page.getByTestId("remedy-'unknown'").click();
  await expect(page.getByTestId("filter-required")).toHaveText("Required 2");
  await row(page, "target", "customer.last_name").click();
  await page.getByTestId("remedy-source").selectOption("LastName");
  await expect(page.getByTestId("filter-required")).toHaveText("Required 1");
  await row(page, "target", "customer").click();
  await page.getByTestId("remedy-email").click();
  await expect(page.getByTestId("filter-required")).toHaveText("Required 0");
  await page.getByTestId("filter-all").click();
  await expect(link(page, "customer.last_name")).toBeVisible();
});

test("what is required and missing blocks the run", async ({ page }) => {
  await openTables(page, "Customer", "customer");
  await linkColumns(page, "Customer.City", "customer.city");
  await page.getByTestId("nav-check").click();
  await expect(page.getByTestId("run-hindrance")).not.toHaveText("Ready.");
});

test("a rule leaves out rows without a value, through the filter of the table", async ({ page }) => {
  await openTables(page, "Track", "track");
  await linkColumns(page, "Track.Composer", "track.composer");
  await page.getByTestId("null-rule").selectOption("leave");
  await row(page, "target", "track").click();
  await expect(page.getByTestId("filter-expression")).toHaveText(`"Composer" is not null`);
});

test("Enter goes into a mapped table's columns on both sides, Backspace back, and J to the counterpart", async ({ page }) => {
  await page.getByTestId("suggest").click();
  await expect(page.getByTestId("mapper-message")).toContainText("links suggested");
  await page.getByTestId("source-tree").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(row(page, "source", "Album.Title")).toBeVisible();
  await expect(row(page, "target", "album.title")).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("j");
  await expect(row(page, "target", "album.album_id")).toHaveAttribute("aria-selected", "true");
  await expect(page.getByTestId("target-tree")).toBeFocused();
  await page.keyboard.press("Backspace");
  await expect(row(page, "target", "album")).toHaveAttribute("aria-expanded", "false");
  await expect(row(page, "target", "album")).toHaveAttribute("aria-selected", "true");
});
