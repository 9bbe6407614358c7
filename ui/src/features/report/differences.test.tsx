import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { RowDifference } from "../../bindings";
import { Differences } from "./Differences";

const changed = (key: string): RowDifference => ({
  key,
  kind: "changed",
  cells: [{ column: "price", expected: "1.50", actual: null, expected_bytes: "312e35", actual_bytes: null, rule: "trailing zeros" }],
});
const show = (differences: RowDifference[], total = differences.length) =>
  render(<MantineProvider env="test"><Differences differences={differences} total={total} /></MantineProvider>);

test("a changed row shows both values, their bytes and the rule", () => {
  show([changed("id=7")]);
  const text = screen.getByTestId("difference").textContent;
  for (const part of ["id=7", "changed", "price", "1.50", "312e35", "NULL", "trailing zeros"]) expect(text).toContain(part);
  expect(screen.getByText("1 row differs")).toBeTruthy();
});

test("a row that is not on a side has no value there", () => {
  show([{ ...changed("id=8"), kind: "missing" }]);
  expect(screen.getByTestId("difference").textContent).not.toContain("NULL");
});

test("a long list is shown in parts, and says how many there are in all", async () => {
  show(Array.from({ length: 120 }, (_, index) => changed(`id=${index}`)), 5000);
  expect(screen.getAllByTestId("difference")).toHaveLength(50);
  expect(screen.getByRole("heading").textContent).toMatch(/5.000 rows differ; the first 120 are listed/);
  await userEvent.click(screen.getByRole("button"));
  expect(screen.getAllByTestId("difference")).toHaveLength(120);
});
