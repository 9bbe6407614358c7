/** The grid: sorting, filters, choosing several rows, and what is done to them at once. */
import type { Page } from "@playwright/test";
import { expect, expectAccessible, openSample, test } from "../test.ts";

const gridRow = (page: Page, name: string) => page.getByTestId(`grid-row-${name}`);

test.beforeEach(async ({ page }) => {
  await openSample(page);
  await page.getByTestId("suggest").click();
  await expect(page.getByTestId("mapper-message")).toContainText("links suggested");
  await page.getByTestId("view-grid").click();
  await page.getByTestId("grid-search").fill("customer.");
  await expect(gridRow(page, "customer.first_name")).toBeVisible();
});

test("rows are chosen with Shift and Ctrl, and accepted together as one step of the history", async ({ page }) => {
  await gridRow(page, "customer.first_name").click();
  await gridRow(page, "customer.address").click({ modifiers: ["Shift"] });
  await expect(page.getByTestId("grid-chosen")).toHaveText("4 chosen");
  await gridRow(page, "customer.fax").click({ modifiers: ["ControlOrMeta"] });
  await gridRow(page, "customer.company").click({ modifiers: ["ControlOrMeta"] });
  await expect(page.getByTestId("grid-chosen")).toHaveText("4 chosen");
  await expect(page.getByTestId("bulk-accept")).toHaveText("Accept 4");
  await expectAccessible(page, "grid with chosen rows");
  await page.getByTestId("bulk-accept").click();
  await expect(gridRow(page, "customer.fax")).toContainText("confirmed");
  await expect(gridRow(page, "customer.company")).toContainText("suggested");
  await page.getByTestId("undo").click();
  await expect(gridRow(page, "customer.fax")).toContainText("suggested");
  await expect(gridRow(page, "customer.address")).toContainText("suggested");
});

test("by keys alone rows are chosen, given a function, and unlinked", async ({ page }) => {
  await page.getByTestId("grid").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(page.getByTestId("grid-chosen")).toHaveText("2 chosen");
  await page.keyboard.press("f");
  await page.getByTestId("function-search").fill("upper");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("mapper-message")).toContainText("Apply upper to 2 columns");
  await expect(gridRow(page, "customer.first_name")).toContainText(`upper("FirstName")`);
  await expect(gridRow(page, "customer.last_name")).toContainText(`upper("LastName")`);
  await expect(page.getByTestId("filter-transformed")).toHaveText("Transformed 2");
  await page.getByTestId("grid").focus();
  await page.keyboard.press("Delete");
  await expect(gridRow(page, "customer.last_name")).toContainText("required");
  await page.keyboard.press("Control+z");
  await expect(gridRow(page, "customer.last_name")).toContainText(`upper("LastName")`);
});

test("a constant fills what is not linked, and what may be skipped is skipped", async ({ page }) => {
  await gridRow(page, "customer.origin").click();
  await page.getByTestId("bulk-constant").click();
  await page.getByTestId("bulk-constant-value").fill("web");
  await page.getByTestId("bulk-constant-set").click();
  await expect(gridRow(page, "customer.origin")).toContainText("'web'");
  await page.getByTestId("undo").click();
  await page.getByTestId("bulk-skip").click();
  await expect(gridRow(page, "customer.origin")).toContainText("default");
});

test("the grid is sorted by a column, filtered by a counter, and copied as a table", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByTestId("grid-sort-column").click();
  await expect(page.getByRole("columnheader", { name: /Target column/ })).toHaveAttribute("aria-sort", "ascending");
  await gridRow(page, "customer.address").click();
  await gridRow(page, "customer.company").click({ modifiers: ["Shift"] });
  await page.getByTestId("grid-copy").click();
  await expect(page.getByTestId("mapper-message")).toHaveText("3 rows copied.");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split("\n").map((line) => line.split("\t")[1])).toEqual(["Target column", "address", "city", "company"]);
  await page.getByTestId("filter-unmapped").click();
  await expect(gridRow(page, "customer.address")).toHaveCount(0);
  await expect(gridRow(page, "customer.origin")).toBeVisible();
});

test("Enter shows a row among the links, and J its source", async ({ page }) => {
  await gridRow(page, "customer.city").click();
  await page.getByTestId("grid").focus();
  await page.keyboard.press("j");
  await expect(page.getByTestId("source-column-Customer.City")).toHaveAttribute("aria-selected", "true");
  await expect(page.getByTestId("source-tree")).toBeFocused();
});
