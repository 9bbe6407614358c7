import { describe, expect, test } from "vitest";

import type { ColumnDrift, Drift, SideName, TableDrift } from "../../bindings";
import { approveLoss, linkColumns } from "../../document";
import { applied, type Edit } from "../../document/edit";
import { ALBUM, ARTIST, album, artist, smallProject } from "../../document/testing/project";
import { itemsOf, rebindAll, summary } from "./items";

const LIKE = { score: 0.9, reasons: ["in the same place"] };

function drift(side: SideName, ...tables: TableDrift[]): Drift {
  return { sides: [{ side, seen_at: "2026-11-28T00:00:00Z", tables }] };
}
function inAlbum(side: SideName, column: string, fate: ColumnDrift["fate"]): Drift {
  return drift(side, { table: side === "source" ? ALBUM : album, fate: { fate: "kept" }, columns: [{ column, fate }] });
}
const after = (edit: Edit, document = smallProject()) => applied(document, edit).document;
const renamed = (side: SideName, column: string, to: string) =>
  inAlbum(side, column, { fate: "renamed", to, column_type: "text", before: null, likeness: LIKE });

describe("a renamed column", () => {
  test("is open while the mapping names it, and again when the edit is undone", () => {
    const document = smallProject();
    const seen = renamed("source", "Title", "Name");
    const [item] = itemsOf(seen, document);
    expect(item).toMatchObject({ open: true, uses: 1, to: "Name", fate: "renamed" });
    const rebound = after(item.rebind!, document);
    expect(itemsOf(seen, rebound)[0]).toMatchObject({ open: false, uses: 0, rebind: null, remove: null });
    expect(itemsOf(seen, document)[0].open).toBe(true);
  });

  test("that the mapping does not use asks for nothing", () => {
    expect(itemsOf(renamed("source", "Year", "Released"), smallProject())[0]).toMatchObject({ open: false, rebind: null });
  });

  test("is not rebound over a link that a person made, but can be removed", () => {
    const linked = after(linkColumns(ALBUM, "Label", album, "label"));
    const [item] = itemsOf(renamed("target", "title", "label"), linked);
    expect(item).toMatchObject({ open: true, rebind: null });
    expect(item.remove).not.toBeNull();
  });
});

test("a removed column can only be removed from the mapping", () => {
  const [item] = itemsOf(inAlbum("source", "Title", { fate: "removed", column_type: "text" }), smallProject());
  expect(item).toMatchObject({ open: true, rebind: null, detail: "text" });
  expect(itemsOf(inAlbum("source", "Title", { fate: "removed", column_type: "text" }), after(item.remove!))[0].open).toBe(false);
});

test("an added column is open only where a mapped target needs it", () => {
  const added = (required: boolean) => ({ fate: "added", column_type: "text not null", required }) as const;
  expect(itemsOf(inAlbum("target", "label", added(true)), smallProject())[0]).toMatchObject({ open: true, required: true });
  expect(itemsOf(inAlbum("target", "label", added(false)), smallProject())[0].open).toBe(false);
  expect(itemsOf(inAlbum("source", "Label", added(true)), smallProject())[0].open).toBe(false);
  const linked = after(linkColumns(ALBUM, "Label", album, "label"));
  expect(itemsOf(inAlbum("target", "label", added(true)), linked)[0].open).toBe(false);
  const other = drift("target", { table: artist, fate: { fate: "kept" }, columns: [{ column: "x", fate: added(true) }] });
  expect(itemsOf(other, smallProject())[0].open).toBe(false);
});

test("a loss that was approved for another type is to be looked at again", () => {
  const changed = inAlbum("source", "AlbumId", { fate: "changed", before: "integer", after: "numeric" });
  expect(itemsOf(changed, smallProject())[0]).toMatchObject({ open: false, detail: "integer → numeric" });
  const approved = after(approveLoss(album, "album_id", true));
  const [item] = itemsOf(changed, approved);
  expect(item.open).toBe(true);
  expect(after(item.withdraw!, approved)).toEqual(smallProject());
});

describe("a renamed table", () => {
  const DISC = { schema: "main", table: "Disc" };
  const seen = drift("source", {
    table: ALBUM,
    fate: { fate: "renamed", to: DISC, likeness: LIKE },
    columns: [{ column: "Title", fate: { fate: "renamed", to: "Name", column_type: "text", before: null, likeness: LIKE } }],
  });

  test("is rebound with its columns in one step", () => {
    const items = itemsOf(seen, smallProject());
    const all = rebindAll(items)!;
    expect(all.count).toBe(2);
    const document = after(all.edit);
    expect(document.tables[0].from).toEqual(DISC);
    expect(document.tables[0].columns[1].from).toEqual(["Name"]);
    expect(itemsOf(seen, document).some((item) => item.open)).toBe(false);
    expect(rebindAll(itemsOf(seen, document))).toBeNull();
  });

  test("leaves its columns to be rebound after it", () => {
    const [table] = itemsOf(seen, smallProject());
    const items = itemsOf(seen, after(table.rebind!));
    expect(items.map((item) => item.open)).toEqual([false, true]);
  });
});

test("the summary counts tables and columns apart", () => {
  const seen = drift(
    "source",
    { table: ARTIST, fate: { fate: "removed" }, columns: [] },
    {
      table: ALBUM,
      fate: { fate: "kept" },
      columns: [
        { column: "a", fate: { fate: "added", column_type: "text", required: false } },
        { column: "b", fate: { fate: "added", column_type: "text", required: false } },
        { column: "c", fate: { fate: "removed", column_type: "text" } },
      ],
    },
  );
  expect(summary(itemsOf(seen, smallProject()))).toBe("1 table removed, 1 column removed, 2 columns added");
});
