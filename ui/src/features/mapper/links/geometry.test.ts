import { describe as group, expect, test } from "vitest";

import { indexOf } from "../model/mapping";
import { nodeId } from "../model/names";
import { placesOf, rowsOf, treeOf } from "../model/tree";
import { ALBUM, album, mapping, project, SOURCE, TARGET } from "../testing/chinook";
import { linesOf, pathOf, ROW_HEIGHT } from "./geometry";

const index = indexOf(
  project([
    mapping([
      { to: "album_id", from: ["AlbumId"], state: "confirmed" },
      { to: "title", from: ["Title"], state: "confirmed" },
    ]),
  ]),
  null,
);

function side(tree: ReturnType<typeof treeOf>, open: string[], { scroll = 0, height = 400, search = "" } = {}) {
  const rows = rowsOf(tree, { expanded: new Set(open), search });
  return { rows, places: placesOf(rows), scroll, height };
}
const left = (open: boolean, view = {}) => side(treeOf(SOURCE), open ? [nodeId(ALBUM)] : [], view);
const right = (open: boolean, view = {}) => side(treeOf(TARGET), open ? [nodeId(album)] : [], view);
const middle = (row: number) => (row + 0.5) * ROW_HEIGHT;

group("lines between the trees", () => {
  test("run from column to column while both tables are open", () => {
    const lines = linesOf(index, left(true), right(true));
    expect(lines.map((line) => [line.left.y, line.right.y, line.links.length])).toEqual([
      [middle(1), middle(1), 1],
      [middle(2), middle(2), 1],
    ]);
    expect(lines.every((line) => !line.bundle)).toBe(true);
  });

  test("are one with a count while both tables are closed", () => {
    const [line, ...more] = linesOf(index, left(false), right(false));
    expect(more).toEqual([]);
    expect(line).toMatchObject({ bundle: true, left: { y: middle(0) }, right: { y: middle(0) } });
    expect(line.links).toHaveLength(2);
  });

  test("meet at the table that is closed", () => {
    const lines = linesOf(index, left(true), right(false));
    expect(lines.map((line) => [line.left.y, line.right.y])).toEqual([
      [middle(1), middle(0)],
      [middle(2), middle(0)],
    ]);
  });

  test("end as stubs where the other end is scrolled away", () => {
    const lines = linesOf(index, left(true, { height: 2 * ROW_HEIGHT }), right(true, { height: 200 }));
    expect(lines.map((line) => [line.left.clip, line.right.clip])).toEqual([
      ["none", "none"],
      ["below", "none"],
    ]);
    const above = linesOf(index, left(true, { scroll: 2 * ROW_HEIGHT }), right(true));
    expect(above[0]).toMatchObject({ left: { clip: "above", y: 4 } });
  });

  test("are not drawn when no end is visible", () => {
    const far = { scroll: 1000, height: 100 };
    expect(linesOf(index, left(true, far), right(true, far))).toEqual([]);
  });

  test("fade where the other end is searched away", () => {
    const [line] = linesOf(index, left(true, { search: "Name" }), right(false));
    expect(line.left.clip).toBe("hidden");
    expect(pathOf(line, 100)).toMatch(/^M70 13C/);
  });

  test("a table that is mapped without a column has a line", () => {
    const lines = linesOf(indexOf(project([mapping([])]), null), left(false), right(false));
    expect(lines).toHaveLength(1);
    expect(lines[0].links).toEqual([]);
  });
});

test("a path goes the other way round where text does", () => {
  const [line] = linesOf(index, left(true), right(true));
  expect(pathOf(line, 100)).toMatch(/^M0 39C.* 100 39$/);
  expect(pathOf(line, 100, true)).toMatch(/^M100 39C.* 0 39$/);
});
