import { beforeEach, expect, test } from "vitest";

import { applied } from "./edit";
import { approveLoss } from "./edits/approveLoss";
import { linkColumns } from "./edits/linkColumns";
import { setExpression } from "./edits/setExpression";
import { skipColumn } from "./edits/skipColumn";
import { unmapTable } from "./edits/unmapTable";
import { type Chapter, keep, NO_HISTORY, recall, record, redo, settle, undo } from "./history";
import { ALBUM, album, smallProject } from "./testing/project";

const start = (): Chapter => ({ document: smallProject(), ...NO_HISTORY });
const edits = [
  linkColumns(ALBUM, "Title", album, "title"),
  skipColumn(album, "artist_id"),
  setExpression(ALBUM, album, "title", "upper(Title)", ["Title"]),
  approveLoss(album, "title", true),
  unmapTable(album),
];

beforeEach(() => localStorage.clear());

test("undoing everything gives the first document, redoing everything the last", () => {
  let chapter = start();
  for (const edit of edits) chapter = record(chapter, edit);
  const last = chapter.document;
  for (const edit of edits) {
    expect(chapter.past.at(-1)!.label).toBe(edits[chapter.past.length - 1].label);
    expect(edit).toBeDefined();
    chapter = undo(chapter);
  }
  expect(chapter.document).toEqual(smallProject());
  expect(undo(chapter)).toBe(chapter);
  while (chapter.future.length > 0) chapter = redo(chapter);
  expect(chapter.document).toEqual(last);
});

test("a new edit forgets what was undone", () => {
  const undone = undo(record(start(), edits[0]));
  expect(record(undone, edits[1]).future).toEqual([]);
});

test("an edit that changes nothing is no step", () => {
  const chapter = start();
  expect(record(chapter, unmapTable(ALBUM))).toBe(chapter);
});

test("what saving brings up to date does not break undo", () => {
  let chapter = record(start(), setExpression(ALBUM, album, "title", 'upper("Title")', []));
  chapter = record(chapter, skipColumn(album, "artist_id"));
  chapter = undo(chapter);
  const written = structuredClone(chapter.document);
  written.tables[0].columns[1].from = ["Title"];
  chapter = settle(chapter, written);
  expect(chapter.document).toEqual(written);
  const forth = redo(chapter);
  expect(forth.document.tables[0].skipped).toEqual(["artist_id"]);
  expect(undo(forth).document).toEqual(written);
  expect(undo(chapter).document).toEqual(smallProject());
});

test("settling on the same document changes nothing", () => {
  const chapter = record(start(), edits[0]);
  expect(settle(chapter, structuredClone(chapter.document))).toBe(chapter);
});

test("the history is found again for the version it leads to, and for no other", () => {
  const chapter = record(start(), edits[0]);
  keep("p1", 4, chapter);
  expect(recall("p1", 4).past).toHaveLength(1);
  expect(recall("p1", 5)).toEqual(NO_HISTORY);
  expect(recall("p2", 4)).toEqual(NO_HISTORY);
  const again: Chapter = { document: structuredClone(chapter.document), ...recall("p1", 4) };
  expect(undo(again).document).toEqual(smallProject());
});

test("patches name the smallest change", () => {
  const { patches } = applied(smallProject(), approveLoss(album, "title", true));
  expect(patches).toEqual([{ op: "add", path: ["tables", 0, "columns", 1, "approve_loss"], value: true }]);
});
