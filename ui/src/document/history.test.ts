import { expect, test } from "vitest";

import { applied } from "./edit";
import { approveLoss } from "./edits/approveLoss";
import { linkColumns } from "./edits/linkColumns";
import { setExpression } from "./edits/setExpression";
import { skipColumn } from "./edits/skipColumn";
import { unmapTable } from "./edits/unmapTable";
import { type Chapter, changeSince, doneLabel, entriesFrom, entriesOf, goTo, NO_HISTORY, record, redo, replay, settle, undo } from "./history";
import { ALBUM, album, smallProject } from "./testing/project";

const start = (): Chapter => ({ document: smallProject(), ...NO_HISTORY });
const edits = [
  linkColumns(ALBUM, "Title", album, "title"),
  skipColumn(album, "artist_id"),
  setExpression(ALBUM, album, "title", "upper(Title)", ["Title"]),
  approveLoss(album, "title", true),
  unmapTable(album),
];

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

test("one can go to any point of the history, and back", () => {
  let chapter = start();
  const seen = [chapter.document];
  for (const edit of edits) {
    chapter = record(chapter, edit);
    seen.push(chapter.document);
  }
  for (const done of [0, 3, 1, 5, 2, 4]) {
    chapter = goTo(chapter, done);
    expect(chapter.document).toEqual(seen[done]);
    expect(chapter.past).toHaveLength(done);
    expect(entriesOf(chapter)).toHaveLength(edits.length);
  }
  expect(goTo(chapter, 99).document).toEqual(seen[5]);
  expect(goTo(chapter, 4)).toBe(chapter);
});

test("what became of a history is told from the first edit that is another", () => {
  let chapter = edits.slice(0, 3).reduce((now, edit) => record(now, edit), start());
  const saved = entriesOf(chapter);
  expect(changeSince(saved, chapter)).toEqual({ kept: 3, edits: [], done: 3 });
  chapter = undo(undo(chapter));
  expect(changeSince(saved, chapter)).toEqual({ kept: 3, edits: [], done: 1 });
  chapter = record(chapter, edits[3]);
  expect(changeSince(saved, chapter)).toMatchObject({ kept: 1, done: 2, edits: [{ label: edits[3].label }] });
});

test("a history that was kept and what became of it since lead to the same document and the same history", () => {
  const before = edits.slice(0, 3).reduce((now, edit) => record(now, edit), start());
  const saved = entriesOf(before);
  const routes: ((chapter: Chapter) => Chapter)[] = [
    (chapter) => chapter,
    (chapter) => record(chapter, edits[3]),
    (chapter) => undo(undo(chapter)),
    (chapter) => record(undo(undo(chapter)), edits[4]),
    (chapter) => undo(record(record(undo(chapter), edits[3]), edits[4])),
  ];
  for (const route of routes) {
    const now = route(before);
    // As text, as it is kept.
    const made = structuredClone(changeSince(saved, now));
    const again = replay({ document: structuredClone(before.document), past: before.past, future: before.future }, made);
    expect(again).toEqual(now);
    expect(goTo(again, 0).document).toEqual(smallProject());
  }
});

test("what was kept and is no edit of ours is not taken", () => {
  expect(entriesFrom([{ label: "a", at: "", patches: [], inverse: [] }])).toHaveLength(1);
  expect(entriesFrom([{ label: "a" }])).toBeNull();
  expect(entriesFrom([null])).toBeNull();
});

test("an edit reads as done in a list", () => {
  expect(doneLabel("Link customers.name to clients.full_name")).toBe("Linked customers.name to clients.full_name");
  expect(doneLabel("Existing rows of album: append")).toBe("Existing rows of album: append");
});

test("patches name the smallest change", () => {
  const { patches } = applied(smallProject(), approveLoss(album, "title", true));
  expect(patches).toEqual([{ op: "add", path: ["tables", 0, "columns", 1, "approve_loss"], value: true }]);
});
