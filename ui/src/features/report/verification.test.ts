import { expect, test } from "vitest";
import type { ColumnVerification, TableVerification } from "../../bindings";
import { judge, judgeAll, worstFirst } from "./verification";

const column = (name: string, actual: string | null | undefined = "1"): ColumnVerification => ({
  column: name,
  measures: [{ name: "nulls", expected: "1", actual, estimated: false }],
});
const table = (part: Partial<TableVerification> = {}): TableVerification => ({
  source: { schema: "main", table: "a" },
  target: { schema: "public", table: "a" },
  source_rows: 3,
  expected_rows: 3,
  target_rows: 3,
  columns: [column("id")],
  orphans: [{ foreign_key: "a_b", rows: 0 }],
  normalised: [],
  not_compared: [],
  ...part,
});

test("a table is equal when rows, figures and foreign keys all are", () => {
  expect(judge(table())).toEqual({ equal: true, text: "equal" });
});

test("every way in which a table differs is told", () => {
  const wrong = table({ target_rows: 2, columns: [column("id", "2"), column("x", null)], orphans: [{ foreign_key: "a_b", rows: 4 }] });
  expect(judge(wrong).text).toBe("row counts differ, 2 columns differ, 1 foreign key points at nothing");
});

test("a figure that neither side has is equal, whether it is null or left out", () => {
  const neither = { column: "x", measures: [{ name: "sum", expected: null, estimated: false }] };
  expect(judge(table({ columns: [neither] })).equal).toBe(true);
});

test("differing rows are counted in the judgement", () => {
  expect(judge(table({ row_checksum: null, different_rows: 1 })).text).toBe("1 row differs");
});

test("a filter or rejects do not make a difference: the expected rows count", () => {
  expect(judge(table({ source_rows: 10 })).equal).toBe(true);
});

test("one table that differs makes the whole differ", () => {
  const verification = { level: "aggregates", tables: [table(), table({ target_rows: 0 })], seconds: 1 } as const;
  expect(judgeAll({ ...verification, tables: [...verification.tables] })).toEqual({ equal: false, text: "1 of 2 tables differ" });
});

test("columns that differ come first, the others keep their order", () => {
  expect(worstFirst([column("a"), column("b"), column("c", "9")]).map((each) => each.column)).toEqual(["c", "a", "b"]);
});

test("values that changed places between rows are a difference", () => {
  const swapped = { name: "checksum", expected: "a", actual: "b", estimated: false };
  expect(judge(table({ row_checksum: swapped })).equal).toBe(false);
  expect(judge(table({ row_checksum: { ...swapped, actual: "a" } })).equal).toBe(true);
});
