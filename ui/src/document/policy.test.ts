import { expect, test } from "vitest";

import type { Column } from "../bindings";
import { mayJoinColumn, mayLinkColumns, mayMapTables } from "./policy";
import { ALBUM, ARTIST, album, artist, smallProject } from "./testing/project";

function column(name: string, more: Partial<Column> = {}): Column {
  return { name, native_type: "text", logical: { type: "text", fixed: false }, nullable: true, ...more };
}

const document = smallProject();
const link = (fromColumn: string, toColumn: Column, from = ALBUM, to = album) => ({
  from,
  fromColumn: { name: fromColumn },
  to,
  toColumn,
});

test("a free target column may be linked", () => {
  expect(mayLinkColumns(document, link("Title", column("label")))).toEqual({ answer: "yes" });
  expect(mayLinkColumns(document, link("Name", column("name"), ARTIST, artist))).toEqual({ answer: "yes" });
});

test("a generated column is never written", () => {
  const answer = mayLinkColumns(document, link("Title", column("search", { generated: "lower(title)" })));
  expect(answer.answer).toBe("no");
  expect(answer.reason).toContain("computed");
});

test("what cannot be converted may not be linked", () => {
  const verdict = { verdict: "impossible", why: "bytes has no meaning as date" } as const;
  expect(mayLinkColumns(document, { ...link("Cover", column("day")), verdict })).toEqual({
    answer: "no",
    reason: "bytes has no meaning as date",
  });
});

test("loss and narrowing need a second look", () => {
  const lossy = { verdict: "lossy", why: "the time of day is dropped" } as const;
  expect(mayLinkColumns(document, { ...link("At", column("day")), verdict: lossy })).toEqual({
    answer: "maybe",
    reason: "loses something: the time of day is dropped",
  });
  const narrowing = { verdict: "narrowing", why: "values longer than 3 characters are rejected" } as const;
  expect(mayLinkColumns(document, { ...link("At", column("day")), verdict: narrowing }).answer).toBe("maybe");
});

test("a column that has a value already may take another: joined, or in its place", () => {
  const second = link("Title", column("album_id"));
  expect(mayJoinColumn(document, second)).toBe(true);
  expect(mayLinkColumns(document, second)).toEqual({
    answer: "maybe",
    reason: "album_id has a value already: the two are joined, or this one takes its place",
  });
  expect(mayJoinColumn(document, link("AlbumId", column("album_id")))).toBe(false);
  expect(mayJoinColumn(document, link("AlbumId", column("title")))).toBe(false);
  expect(mayJoinColumn(document, link("Name", column("album_id"), ARTIST, album))).toBe(false);
});

test("replacing a constant says what goes", () => {
  const constant = smallProject();
  constant.tables[0].columns.push({ to: "label", expression: "'EMI'", state: "confirmed" });
  expect(mayLinkColumns(constant, link("Title", column("label")))).toEqual({ answer: "maybe", reason: "replaces the link from 'EMI'" });
});

test("linking a suggestion by hand confirms it", () => {
  expect(mayLinkColumns(document, link("Title", column("title")))).toEqual({ answer: "yes" });
});

test("what is linked is not linked again", () => {
  expect(mayLinkColumns(document, link("AlbumId", column("album_id"))).answer).toBe("no");
});

test("a confirmed table is not taken from its source in passing", () => {
  const answer = mayLinkColumns(document, link("Name", column("title"), ARTIST, album));
  expect(answer).toEqual({ answer: "no", reason: "album is filled from Album; unmap it first" });
  expect(mayMapTables(document, ARTIST, album).answer).toBe("no");
});

test("a table that was only suggested gives way", () => {
  const open = smallProject();
  open.tables[0].columns.shift();
  expect(mayMapTables(open, ARTIST, album).answer).toBe("maybe");
  expect(mayMapTables(open, ALBUM, album)).toEqual({ answer: "yes" });
});
