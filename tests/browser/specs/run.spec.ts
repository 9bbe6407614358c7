import { openInvoices, openPeople } from "../projects.ts";
import { checkAndRun, runEnds } from "../steps.ts";
import { expect, test } from "../test.ts";

test("a run that is stopped ends with whole chunks, all of them recorded, and resumes from there", async ({ page, bridge }) => {
  await openPeople(page, bridge);
  await checkAndRun(page);
  await expect(page.getByTestId("total-written")).not.toHaveText("0");
  await page.getByTestId("stop").click();
  await runEnds(page, "cancelled");
  const written = Number((await page.getByTestId("total-written").textContent())!.replace(/\D/g, ""));
  expect(written % 2000, "no chunk was broken off").toBe(0);
  expect(written).toBeLessThan(200_000);
  await page.getByTestId("resume").click();
  await runEnds(page, "completed");
  await expect(page.getByTestId("total-written")).toHaveText(/^200\s000$/);
});

test("a window that is opened anew finds the run under way, and follows it to its end", async ({ page, bridge }) => {
  await openPeople(page, bridge);
  await checkAndRun(page);
  await expect(page.getByTestId("total-written")).not.toHaveText("0");
  await page.getByTestId("pause").click();
  await expect(page.getByTestId("run-status")).toHaveAttribute("data-status", "paused");
  await page.reload();
  await expect(page.getByTestId("under-way")).toContainText("Paused: People");
  await page.getByTestId("under-way").click();
  await expect(page.getByTestId("run-status")).toHaveAttribute("data-status", "paused");
  await expect(page.getByTestId("log")).not.toBeEmpty();
  await page.getByTestId("continue").click();
  await expect(page.getByTestId("throughput")).toBeVisible();
  await runEnds(page, "completed");
  await expect(page.getByTestId("total-written")).toHaveText(/^200\s000$/);
  await expect(page.getByTestId("under-way")).toHaveCount(0);
});

test("how long the rest takes is told as a range", async ({ page, bridge }) => {
  await openPeople(page, bridge, 400_000);
  await checkAndRun(page);
  await expect(page.getByTestId("eta")).toHaveText(/^(\d[\d.]*–[\d.]+|about \d[\d.]*|less than \d[\d.]*) (s|min|h)$/, { timeout: 60_000 });
  await page.getByTestId("cancel").click();
  await page.getByTestId("confirm-cancel").click();
  await runEnds(page, "cancelled");
});

test("rejected rows are opened in place, and lead to the column where they can be mended", async ({ page, bridge }) => {
  await openInvoices(page, bridge);
  await checkAndRun(page);
  await runEnds(page, "completed");
  await expect(page.getByTestId("total-rejected")).not.toHaveText("0");
  await page.getByTestId("show-rejects").first().click();
  const reject = page.getByTestId("reject").first();
  await expect(reject).toContainText("postal_number");
  await reject.getByText("The source row").click();
  await expect(reject).toContainText("BillingCity");
  await reject.getByRole("button", { name: "postal_number" }).click();
  await expect(page.getByTestId("screen-mapper")).toBeVisible();
  await expect(page.getByTestId("target-column-invoice.postal_number")).toHaveAttribute("data-current", "true");
});

test("the report draws rows, matches, rejects and times, and says each figure in words", async ({ page, bridge }) => {
  await openInvoices(page, bridge);
  await checkAndRun(page);
  await runEnds(page, "completed");
  await page.getByTestId("open-report").click();
  const rows = page.getByTestId("picture-rows-by-table");
  await expect(rows.getByRole("row", { name: /main\.track.*3\s289 written, 214 filtered/ })).toBeVisible();
  await expect(rows.getByRole("row", { name: /main\.artist.*275/ })).toBeVisible();
  await expect(page.getByTestId("picture-match-rate")).toContainText("equal on both sides");
  await expect(page.getByTestId("picture-rejects-by-reason").getByRole("row").first()).toContainText("postal_number");
  await expect(page.getByTestId("picture-time-by-phase").getByRole("row")).toHaveText([/^Prepare/, /^Load/, /^Finish/, /^Verify/]);
});
