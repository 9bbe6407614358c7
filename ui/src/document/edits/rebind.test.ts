import { describe, expect, test } from "vitest";

import { applied, type Edit, together } from "../edit";
import { mappingTo } from "../model";
import { renameInSql } from "../sql";
import { ALBUM, ARTIST, album, artist, copy, smallProject } from "../testing/project";
import { linkColumns } from "./linkColumns";
import { mapTable } from "./mapTable";
import { dropColumn, dropTable, isFree, rebindColumn, rebindTable, usesOf } from "./rebind";
import { replaceDocument, takeParts } from "./replaceDocument";
import { setExpression } from "./setExpression";
import { setFilter } from "./setFilter";
import { setReading } from "./setReading";
import { skipColumn } from "./skipColumn";

const after = (edit: Edit, document = smallProject()) => applied(document, edit).document;
const DISC = { schema: "main", table: "Disc" };
const disc = { schema: "public", table: "disc" };

/** Reads `Title` in every way there is. */
function wellUsed() {
  let document = after(setExpression(ALBUM, album, "label", `concat("Title", ' Title ', Title) -- Title`, ["Title"]));
  document = after(setFilter(album, `"Title" <> '' and AlbumId > 1`), document);
  return after(setReading(album, "Title", { unreadable: "null" }), document);
}

describe("a name inside an expression", () => {
  test("is replaced where it is a column, and quoted where it must be", () => {
    expect(renameInSql(`upper(Name) || "Name" || 'Name'`, "Name", "full_name")).toBe(`upper(full_name) || full_name || 'Name'`);
    expect(renameInSql("a + b", "a", "Total Amount")).toBe('"Total Amount" + b');
    expect(renameInSql('"say ""x"""', 'say "x"', "y")).toBe("y");
  });

  test("is left where it is a function, a text, a comment or a part of another name", () => {
    for (const sql of ["name (x)", "name(x)", "'it''s name'", "x -- name", "/* name */ x", "surname + name_2", '"Name"']) {
      expect(renameInSql(sql, "name", "other")).toBe(sql);
    }
  });
});

describe("rebinding a column of the source", () => {
  const document = after(rebindColumn("source", [ALBUM], "Title", "Name"), wellUsed());
  const table = mappingTo(document, album)!;

  test("reaches links, expressions, the filter and how it is read", () => {
    expect(table.columns.find((each) => each.to === "title")!.from).toEqual(["Name"]);
    expect(table.columns.find((each) => each.to === "label")).toMatchObject({
      from: ["Name"],
      expression: `concat("Name", ' Title ', "Name") -- Title`,
    });
    expect(table.filter).toBe(`"Name" <> '' and AlbumId > 1`);
    expect(table.reading).toEqual({ Name: { unreadable: "null" } });
  });

  test("keeps the rest as it is", () => {
    const before = mappingTo(wellUsed(), album)!;
    expect(table.columns[0]).toEqual(before.columns[0]);
    expect(table.columns.map((each) => [each.to, each.state])).toEqual(before.columns.map((each) => [each.to, each.state]));
  });

  test("counts what there is to rebind", () => {
    expect(usesOf(wellUsed(), "source", [ALBUM], "Title")).toBe(4);
    expect(usesOf(document, "source", [ALBUM], "Title")).toBe(0);
    expect(usesOf(document, "source", [ALBUM], "Name")).toBe(4);
  });
});

describe("rebinding a column of the target", () => {
  test("moves the link with all that it has", () => {
    const table = mappingTo(after(rebindColumn("target", [album], "title", "label")), album)!;
    expect(table.columns[1]).toMatchObject({ to: "label", from: ["Title"], suggestion: { score: 0.92 } });
    expect(table.columns).toHaveLength(3);
  });

  test("moves that it is left to its default", () => {
    const document = after(rebindColumn("target", [album], "year", "released"), after(skipColumn(album, "year")));
    expect(mappingTo(document, album)!.skipped).toEqual(["released"]);
  });

  test("does not go over a link that a person made", () => {
    const linked = after(linkColumns(ALBUM, "Label", album, "label"));
    expect(isFree(linked, "target", [album], "label")).toBe(false);
    expect(applied(linked, rebindColumn("target", [album], "title", "label")).patches).toEqual([]);
  });

  test("goes over one that was only suggested", () => {
    const table = mappingTo(after(rebindColumn("target", [album], "album_id", "title")), album)!;
    expect(table.columns.map((each) => [each.to, each.from])).toEqual([["title", ["AlbumId"]], ["artist_id", ["ArtistId"]]]);
  });
});

describe("rebinding a table", () => {
  test("of the source moves all its mappings", () => {
    const twice = after(mapTable(ALBUM, artist, [{ from: "Title", to: "name" }]));
    const document = after(rebindTable("source", ALBUM, DISC), twice);
    expect(document.tables.map((each) => each.from)).toEqual([DISC, DISC]);
    expect(document.tables[0].columns).toEqual(smallProject().tables[0].columns);
  });

  test("of the target moves its mapping, but not onto a confirmed one", () => {
    expect(after(rebindTable("target", album, disc)).tables[0].to).toEqual(disc);
    const both = after(mapTable(ARTIST, disc, [{ from: "Name", to: "name" }]));
    expect(applied(both, rebindTable("target", album, disc)).patches).toEqual([]);
  });

  test("and its columns in one step finds the columns under either name", () => {
    const edits = [rebindTable("source", ALBUM, DISC), rebindColumn("source", [ALBUM, DISC], "Title", "Name")];
    for (const order of [edits, edits.toReversed()]) {
      const [table] = after(together("Rebind all", order)).tables;
      expect(table.from).toEqual(DISC);
      expect(table.columns[1].from).toEqual(["Name"]);
    }
  });
});

describe("removing what is gone", () => {
  test("takes the links of a source column, and expressions that read it", () => {
    const table = mappingTo(after(dropColumn("source", [ALBUM], "Title"), wellUsed()), album)!;
    expect(table.columns.map((each) => each.to)).toEqual(["album_id", "artist_id"]);
    expect(table).not.toHaveProperty("reading");
    expect(table.filter).toBe(`"Title" <> '' and AlbumId > 1`);
  });

  test("takes the link of a target column", () => {
    const table = mappingTo(after(dropColumn("target", [album], "title")), album)!;
    expect(table.columns.map((each) => each.to)).toEqual(["album_id", "artist_id"]);
  });

  test("takes the mappings of a table", () => {
    expect(after(dropTable("source", ALBUM)).tables).toEqual([]);
    expect(after(dropTable("target", album)).tables).toEqual([]);
    expect(applied(smallProject(), dropTable("target", artist)).patches).toEqual([]);
  });
});

describe("another document in the place of this one", () => {
  const other = { ...smallProject(), id: "other", name: "Other", tables: [], options: { ...smallProject().options, jobs: 9 } };

  test("is taken whole, but for the id, and can be undone", () => {
    const { document, inverse } = applied(smallProject(), replaceDocument(other, "Restore"));
    expect(document).toEqual({ ...other, id: "p1" });
    expect(inverse.length).toBeGreaterThan(0);
  });

  test("or in parts", () => {
    const document = after(takeParts(other, ["tables"], "Import"));
    expect(document).toEqual({ ...smallProject(), tables: [] });
    expect(after(takeParts(other, ["options"], "Import")).options.jobs).toBe(9);
  });

  test("touches nothing that is the same", () => {
    const twin = structuredClone(smallProject());
    twin.tables[0].columns[2] = copy("ArtistId", "artist_id");
    const { patches } = applied(smallProject(), replaceDocument(twin, "Restore"));
    expect(patches.every((patch) => patch.path.slice(0, 4).join() === "tables,0,columns,2")).toBe(true);
  });
});
