import { describe as group, expect, test } from "vitest";

import { ALBUM, album, describe, catalog, mapping, project, SOURCE, suggested, table, TARGET, column } from "../testing/chinook";
import { countAll, sourceFilter, targetFilter } from "./filters";
import { indexOf, linksFrom, linkText, linkTo } from "./mapping";
import { placesOf, rowsOf, treeOf } from "./tree";
import { constantFor } from "./types";
import { nodeId } from "./names";

const document = project([
  mapping([
    { to: "album_id", from: ["AlbumId"], state: "confirmed" },
    { to: "artist_id", from: ["ArtistId", "AlbumId"], expression: '"ArtistId" + "AlbumId"', state: "confirmed" },
  ]),
]);
const index = indexOf(document, describe(document));
const source = treeOf(SOURCE);
const target = treeOf(TARGET);
const names = (rows: ReturnType<typeof rowsOf>) => rows.map((row) => row.column?.name ?? row.table.label);

group("the tree", () => {
  test("is tables, and the columns of those that are open", () => {
    expect(names(rowsOf(source, { expanded: new Set(), search: "" }))).toEqual(["Album", "Artist"]);
    const rows = rowsOf(source, { expanded: new Set([nodeId(ALBUM)]), search: "" });
    expect(names(rows)).toEqual(["Album", "AlbumId", "Title", "ArtistId", "Artist"]);
    expect(placesOf(rows).get(nodeId(ALBUM, "Title"))).toBe(2);
  });

  test("opens what a search finds in columns, and no other", () => {
    expect(names(rowsOf(source, { expanded: new Set(), search: " artistid " }))).toEqual(["Album", "ArtistId", "Artist", "ArtistId"]);
    expect(names(rowsOf(source, { expanded: new Set(), search: "album.t" }))).toEqual(["Album", "Title"]);
    expect(names(rowsOf(source, { expanded: new Set(), search: "albu", folded: new Set([nodeId(ALBUM)]) }))).toEqual(["Album"]);
  });

  test("shows nested columns below their object, by what is behind its path", () => {
    const nested = treeOf(catalog("files", [
      table("files", "orders", [
        column("id"),
        column("customer", { derived: true, comment: "object in 2 documents" }),
        column("customer.name"),
        column("customer.address", { derived: true }),
        column("customer.address.city"),
        column("customer.address.city?", { derived: true }),
        column("customers"),
      ]),
    ]));
    const shown = (search: string) =>
      rowsOf(nested, { expanded: new Set([nodeId({ schema: "files", table: "orders" })]), search })
        .slice(1).map((row) => `${row.depth} ${row.label}`);
    expect(shown("")).toEqual(["0 id", "0 customer", "1 name", "1 address", "2 city", "2 city?", "0 customers"]);
    // What stands alone keeps its path.
    expect(shown("city")).toEqual(["0 customer.address.city", "0 customer.address.city?"]);
    expect(nested[0].columns.filter((each) => each.derived)).toHaveLength(3);
  });

  test("marks what a run would create and add", () => {
    const [, , genre] = treeOf(TARGET, [table("public", "genre", [column("name")])]);
    expect(genre).toMatchObject({ label: "genre", creates: true });
    const [extended] = treeOf(TARGET, [table("public", "album", [...TARGET.schemas[0].tables[0].columns, column("label")])]);
    expect(extended.creates).toBe(false);
    expect(extended.columns.filter((each) => each.added).map((each) => each.name)).toEqual(["label"]);
  });
});

group("the mapping", () => {
  test("is found from both ends, from each of several sources", () => {
    expect(linkTo(index, album, "artist_id")?.sources).toEqual(["ArtistId", "AlbumId"]);
    expect(linksFrom(index, ALBUM, "AlbumId").map((link) => link.column)).toEqual(["album_id", "artist_id"]);
  });

  test("names a required column that has no source", () => {
    expect([...index.targets.get(nodeId(album))!.required]).toEqual(["title"]);
  });

  test("a link is a sentence", () => {
    expect(linkText(linkTo(index, album, "album_id")!)).toBe("source Album.AlbumId mapped to target album.album_id, exact cast");
    const open = project([mapping([suggested("Title", "title", 0.92)])]);
    expect(linkText(linkTo(indexOf(open, null), album, "title")!)).toBe(
      "source Album.Title mapped to target album.title, suggested with 92 %, sure",
    );
  });
});

group("the filters", () => {
  test("count target columns", () => {
    expect(countAll(target, index)).toEqual({
      all: 6,
      unmapped: 3,
      required: 1,
      suggested: 0,
      risk: 0,
      transformed: 1,
      errors: 0,
    });
  });

  test("show what belongs to them on both sides", () => {
    const shown = (filter: Parameters<typeof targetFilter>[0]) => [
      names(rowsOf(source, { expanded: new Set(), search: "", only: sourceFilter(filter, index) })),
      names(rowsOf(target, { expanded: new Set(), search: "", only: targetFilter(filter, index) })),
    ];
    expect(shown("transformed")).toEqual([["Album", "AlbumId", "ArtistId"], ["album", "artist_id"]]);
    expect(shown("unmapped")).toEqual([["Album", "Title", "Artist", "ArtistId", "Name"], ["album", "title", "artist", "artist_id", "name"]]);
  });

  test("an impossible cast is at risk and an error", () => {
    const wrong = project([mapping([{ to: "title", from: ["AlbumId"], state: "confirmed" }])]);
    expect(countAll(target, indexOf(wrong, describe(wrong)))).toMatchObject({ risk: 1, errors: 1 });
  });
});

test("a constant is SQL for the column's type", () => {
  expect(constantFor("5", { type: "integer", bits: 32, signed: true })).toBe("5");
  expect(constantFor("5", { type: "text", fixed: false })).toBe("'5'");
  expect(constantFor("it's", null)).toBe("'it''s'");
  expect(constantFor("TRUE", { type: "boolean" })).toBe("true");
  expect(constantFor("null", null)).toBe("NULL");
});
