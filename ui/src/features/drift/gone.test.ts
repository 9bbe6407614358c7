import { expect, test } from "vitest";

import type { Drift } from "../../bindings";
import { ALBUM, album, smallProject } from "../../document/testing/project";
import type { TreeTable } from "../mapper/model/tree";
import { markGone, withDrift, withGone } from "./gone";

function column(name: string, added = false): TreeTable["columns"][number] {
  return {
    name,
    nativeType: "text",
    logical: { type: "text", fixed: false },
    nullable: true,
    primary: false,
    refersTo: null,
    generated: null,
    identity: false,
    default: null,
    comment: null,
    derived: false,
    added,
    required: false,
  };
}

function table(name: typeof ALBUM, columns: TreeTable["columns"], creates = false): TreeTable {
  return { key: `${name.schema}\u0000${name.table}`, name, label: name.table, kind: "table", rows: null, comment: null, creates, columns };
}

const lost = { score: 0.9, reasons: [] };
const drift = (fate: Drift["sides"][number]["tables"][number]["fate"], columns: Drift["sides"][number]["tables"][number]["columns"] = []): Drift => ({
  sides: [{ side: "target", seen_at: "", tables: [{ table: album, fate, columns }] }],
});

test("a source that has all that is read is left as it is", () => {
  const tree = [table(ALBUM, [column("AlbumId"), column("Title"), column("ArtistId")])];
  expect(withGone(tree, smallProject())).toBe(tree);
});

test("a column and a table that the source no longer has are shown as gone", () => {
  const [found] = withGone([table(ALBUM, [column("AlbumId"), column("ArtistId")])], smallProject());
  expect(found.columns.map((each) => [each.name, each.gone ?? false])).toEqual([["AlbumId", false], ["ArtistId", false], ["Title", true]]);
  const [whole] = withGone([], smallProject());
  expect(whole).toMatchObject({ name: ALBUM, gone: true });
  expect(whole.columns.map((each) => each.name)).toEqual(["AlbumId", "Title", "ArtistId"]);
});

test("what the target has lost is not taken for what a run will make", () => {
  const seen = drift({ fate: "kept" }, [{ column: "title", fate: { fate: "removed", column_type: "text" } }]);
  const [marked] = markGone([table(album, [column("album_id"), column("title", true), column("new", true)])], seen);
  expect(marked.columns.map(({ name, added, gone }) => [name, added, gone ?? false])).toEqual([
    ["album_id", false, false],
    ["title", false, true],
    ["new", true, false],
  ]);
  const renamed = drift({ fate: "renamed", to: { schema: "public", table: "disc" }, likeness: lost });
  expect(markGone([table(album, [], true)], renamed)[0]).toMatchObject({ creates: false, gone: true });
});

test("links into what the target has lost are errors", () => {
  const described = {
    proposed: [],
    tables: [
      {
        to: album,
        creates: false,
        required: [],
        filter_problem: null,
        columns: ["album_id", "title"].map((to) => ({ to, from: [], from_type: null, to_type: null, verdict: null, problem: null })),
      },
    ],
  };
  const seen = drift({ fate: "kept" }, [{ column: "title", fate: { fate: "renamed", to: "label", column_type: "text", before: null, likeness: lost } }]);
  const problems = withDrift(described, seen)!.tables[0].columns.map((each) => each.problem?.message ?? null);
  expect(problems).toEqual([null, "the column title is gone from the target"]);
  expect(withDrift(described, { sides: [] })).toBe(described);
});
