import { describe, expect, test } from "vitest";

import type { Project } from "../bindings";
import { type Change, countChanges, diff, withoutSecret } from "./diff";
import { applied, type Edit } from "./edit";
import { approveLoss } from "./edits/approveLoss";
import { confirmSuggestion } from "./edits/confirmSuggestion";
import { linkColumns } from "./edits/linkColumns";
import { mapTable } from "./edits/mapTable";
import { renameProject } from "./edits/renameProject";
import { setConnection, setEnvironment } from "./edits/setConnection";
import { setExisting } from "./edits/setExisting";
import { setExpression } from "./edits/setExpression";
import { setFilter } from "./edits/setFilter";
import { setMisfit } from "./edits/setMisfit";
import { setOptions } from "./edits/setOptions";
import { setReading } from "./edits/setReading";
import { skipColumn } from "./edits/skipColumn";
import { unlinkColumn } from "./edits/unlinkColumn";
import { unmapTable } from "./edits/unmapTable";
import { ALBUM, album, ARTIST, artist, smallProject } from "./testing/project";

const after = (edit: Edit): Project => applied(smallProject(), edit).document;
const changed = (edit: Edit): Change[] => diff(smallProject(), after(edit));
/** As a person reads it. */
const lines = (changes: Change[]) =>
  changes.map(({ sign, what, before, after }) => `${sign} ${what}${before === undefined ? "" : `: ${before} / ${after}`}`);

test("a document is not different from itself, nor from a copy", () => {
  const document = smallProject();
  expect(diff(document, document)).toEqual([]);
  expect(diff(document, structuredClone(document))).toEqual([]);
});

describe("links", () => {
  test("added, removed and moved to another source", () => {
    expect(lines(changed(linkColumns(ALBUM, "Year", album, "year")))).toContain("+ link Album.Year → album.year");
    expect(lines(changed(unlinkColumn(album, "title")))).toEqual(["− suggested link Album.Title → album.title"]);
    expect(lines(changed(linkColumns(ALBUM, "Number", album, "album_id")))).toContain("~ source column: AlbumId / Number");
  });

  test("an expression shows what it was and what it is", () => {
    const upper = after(setExpression(ALBUM, album, "album_id", "upper(AlbumId)", ["AlbumId"]));
    const lower = applied(upper, setExpression(ALBUM, album, "album_id", "lower(AlbumId)", ["AlbumId"])).document;
    expect(lines(diff(upper, lower))).toEqual(["~ expression: upper(AlbumId) / lower(AlbumId)"]);
    expect(lines(diff(smallProject(), upper))).toContain("~ expression: AlbumId / upper(AlbumId)");
  });

  test("confirmed, approved, and with a substitute", () => {
    expect(lines(changed(confirmSuggestion(album, "title")))).toEqual(["~ table: suggested / confirmed", "~ link: suggested / confirmed"]);
    expect(lines(changed(approveLoss(album, "album_id", true)))).toEqual(["~ loss approved: no / yes"]);
    expect(lines(changed(setMisfit(album, "album_id", "null")))).toEqual(["~ values that do not fit: reject / null"]);
    expect(lines(changed(setMisfit(album, "album_id", { value: "0" })))).toEqual(['~ values that do not fit: reject / {"value":"0"}']);
  });

  test("every change names its table and its column", () => {
    expect(changed(approveLoss(album, "album_id", true))[0]).toMatchObject({ part: "tables", table: album, column: "album_id" });
  });
});

describe("tables", () => {
  test("a new one comes with its links, one that goes is told by its name", () => {
    expect(lines(changed(mapTable(ARTIST, artist, [{ from: "Name", to: "name" }])))).toEqual([
      "+ table artist from Artist, 1 link",
      "+ link Artist.Name → artist.name",
    ]);
    expect(lines(changed(unmapTable(album)))).toEqual(["− table album from Album, 3 links"]);
  });

  test("what is chosen for a table", () => {
    expect(lines(changed(setFilter(album, "AlbumId > 3")))).toEqual(["+ filter: AlbumId > 3"]);
    expect(lines(diff(after(setFilter(album, "AlbumId > 3")), smallProject()))).toEqual(["− filter: AlbumId > 3"]);
    expect(lines(changed(setExisting(album, "append")))).toEqual(["~ existing rows: refuse / append"]);
    expect(lines(changed(skipColumn(album, "year")))).toEqual(["+ year is left to its default"]);
    expect(lines(changed(setReading(album, "Title", { as: "uuid" })))).toEqual(['+ how Album.Title is read: {"as":"uuid"}']);
  });

  test("another source table", () => {
    const moved = structuredClone(smallProject());
    moved.tables[0].from = ARTIST;
    expect(lines(diff(smallProject(), moved))).toEqual(["~ source table: main.Album / main.Artist"]);
  });

  test("their order says nothing", () => {
    const both = after(mapTable(ARTIST, artist));
    expect(diff(both, { ...both, tables: both.tables.toReversed() })).toEqual([]);
  });

  test("what a later version of Rowferry adds is not left out", () => {
    const later = structuredClone(smallProject());
    Object.assign(later.tables[0], { sort_by: "Title" });
    Object.assign(later.tables[0].columns[0], { round_to: 2 });
    expect(lines(diff(smallProject(), later))).toEqual(["~ round to: none / 2", "+ sort by: Title"]);
  });
});

test("connections, options and the name", () => {
  expect(lines(changed(setConnection("target", "shop", "postgres://me@other/shop")))).toEqual([
    "~ URL of shop: postgres://me@localhost/shop / postgres://me@other/shop",
  ]);
  expect(lines(changed(setEnvironment("target", "production")))).toEqual(["~ environment of shop: test / production"]);
  expect(lines(changed(setConnection("target", "new", "sqlite:x.db", "test")))).toEqual([
    "~ target: shop / new",
    "− connection shop: postgres://me@localhost/shop",
    "+ connection new: sqlite:x.db, test",
  ]);
  expect(lines(changed(setOptions({ jobs: 4, verify: "checksums" })))).toEqual([
    "~ parallel jobs: 0 / 4",
    "~ verification: aggregates / checksums",
  ]);
  expect(lines(changed(renameProject("Music")))).toEqual(["~ name of the project: Chinook / Music"]);
});

test("a secret that a hand has put into a URL is not shown", () => {
  const secret = structuredClone(smallProject());
  secret.connections.shop.url = "postgres://me:hun:ter2@localhost/shop?password=hunter2&schema=a";
  expect(JSON.stringify(diff(smallProject(), secret))).not.toContain("ter2");
  expect(withoutSecret("postgres://me@localhost/shop")).toBe("postgres://me@localhost/shop");
  expect(withoutSecret("sqlite:/a:b@c.db")).toBe("sqlite:/a:b@c.db");
});

test("changes are counted by their sign", () => {
  expect(countChanges(changed(mapTable(ARTIST, artist, [{ from: "Name", to: "name" }])))).toEqual({ added: 2, changed: 0, removed: 0 });
  expect(countChanges(changed(unlinkColumn(album, "title")))).toEqual({ added: 0, changed: 0, removed: 1 });
});
