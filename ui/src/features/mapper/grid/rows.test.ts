import { expect, test } from "vitest";

import { indexOf } from "../model/mapping";
import { treeOf } from "../model/tree";
import { describe, mapping, project, SOURCE, suggested, TARGET } from "../testing/chinook";
import { asTabbedText, gridRows } from "./rows";

const document = project([mapping([suggested("Title", "title", 0.9), { to: "album_id", from: [], expression: "1 +\n1", state: "confirmed" }])]);
const index = indexOf(document, describe(document));
const sources = new Map(treeOf(SOURCE).map((table) => [table.key, table]));
const rows = (more = {}) => gridRows(treeOf(TARGET), sources, index, { filter: "all", search: "", sorting: null, ...more });

test("every target column has a row, linked or not", () => {
  expect(rows().map((row) => [row.text.column, row.text.source, row.text.state])).toEqual([
    ["album_id", "1 +\n1", "confirmed"],
    ["title", "Album.Title", "suggested"],
    ["artist_id", "", "required"],
    ["search", "", "computed"],
    ["artist_id", "", "unmapped"],
    ["name", "", "unmapped"],
  ]);
});

test("rows are searched, filtered and sorted", () => {
  expect(rows({ search: "album.title" }).map((row) => row.text.column)).toEqual(["title"]);
  expect(rows({ filter: "suggested" })).toHaveLength(1);
  expect(rows({ sorting: { column: "score", down: true } })[0].text.score).toBe("90 %");
  expect(rows({ sorting: { column: "column", down: false } }).map((row) => row.text.column).slice(0, 2)).toEqual(["album_id", "artist_id"]);
});

test("copied rows keep one line each", () => {
  const lines = asTabbedText(rows()).split("\n");
  expect(lines).toHaveLength(7);
  expect(lines[1].split("\t")[3]).toBe("1 + 1");
});
