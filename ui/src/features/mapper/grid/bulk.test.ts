import { expect, test } from "vitest";

import { applied } from "../../../document/edit";
import { indexOf } from "../model/mapping";
import { treeOf } from "../model/tree";
import { describe, mapping, project, SOURCE, suggested, TARGET } from "../testing/chinook";
import { acceptRows, approveRows, constantRows, rejectRows, skipRows, stepRows, unlinkRows } from "./bulk";
import { gridRows } from "./rows";
import { all, NOTHING, pick } from "./selection";

const ORDER = ["a", "b", "c", "d"];
const ids = (picked: ReturnType<typeof pick>) => [...picked.ids].sort().join("");

test("rows are chosen one by one, with Ctrl, with Shift, and all", () => {
  const one = pick(ORDER, NOTHING, "b");
  expect(ids(one)).toBe("b");
  expect(ids(pick(ORDER, one, "d", { toggle: true }))).toBe("bd");
  expect(ids(pick(ORDER, one, "b", { toggle: true }))).toBe("");
  const range = pick(ORDER, one, "d", { range: true });
  expect(ids(range)).toBe("bcd");
  expect(ids(pick(ORDER, range, "a", { range: true }))).toBe("ab");
  expect(ids(pick(ORDER, pick(ORDER, one, "d", { toggle: true }), "c", { range: true, toggle: true }))).toBe("bcd");
  expect(ids(all(ORDER, NOTHING))).toBe("abcd");
});

const document = project([
  mapping([suggested("Title", "title", 0.9), { to: "artist_id", from: ["ArtistId"], state: "confirmed" }]),
  { from: { schema: "main", table: "Album" }, to: { schema: "public", table: "artist" }, existing: "refuse", state: "confirmed", columns: [{ to: "name", from: ["Title"], state: "confirmed" }] },
]);
const index = indexOf(document, describe(document));
const rows = gridRows(treeOf(TARGET), new Map(treeOf(SOURCE).map((table) => [table.key, table])), index, { filter: "all", search: "", sorting: null });
const after = (bulk: ReturnType<typeof acceptRows>) => applied(document, bulk!.edit).document.tables;

test("an action takes the rows that it fits, as one edit", () => {
  const accepted = acceptRows(rows, index)!;
  expect([accepted.rows, accepted.edit.label]).toEqual([1, "Accept 1 column"]);
  expect(after(accepted)[0].columns[0].state).toBe("confirmed");
  expect(after(rejectRows(rows, index))[0].columns.map((each) => each.to)).toEqual(["artist_id"]);
  expect(unlinkRows(rows, index)!.rows).toBe(2);
  expect(after(approveRows(rows, index))[1].columns[0].approve_loss).toBe(true);
});

test("skipping leaves out what must have a value, and what is computed", () => {
  const skipped = skipRows(rows, index)!;
  expect(skipped.rows).toBe(1);
  expect(after(skipped)[1].skipped).toEqual(["artist_id"]);
});

test("a step goes behind what each link carries, and a constant where nothing is linked", () => {
  const trimmed = stepRows(rows, index, { kind: "call", name: "trim", args: [], at: 0 })!;
  expect([trimmed.rows, trimmed.edit.label]).toEqual([3, "Apply trim to 3 columns"]);
  expect(after(trimmed)[0].columns.map((each) => each.expression)).toEqual(['trim("Title")', 'trim("ArtistId")']);
  const set = constantRows(rows, index, "7")!;
  expect(set.rows).toBe(2);
  expect(after(set)[0].columns.at(-1)).toMatchObject({ to: "album_id", expression: "7" });
});

test("an action that fits no row is none", () => {
  expect(acceptRows(rows.filter((row) => !row.link), index)).toBeNull();
});
