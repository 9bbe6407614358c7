/**
 * Which lines are drawn between the two lists, and where: pure arithmetic over rows of one height.
 *
 * Only tables with a visible row are looked at. Links of a closed table are bundled into one line with their count; an
 * end that is scrolled or filtered away becomes a stub at the border.
 */
import { tableKey } from "../../../document/model";
import type { Link, MappedTable, MappingIndex } from "../model/mapping";
import { nodeId } from "../model/names";
import type { Row } from "../model/tree";

export const ROW_HEIGHT = 26;

export interface SideRows {
  rows: readonly Row[];
  /** Row id → position. */
  places: ReadonlyMap<string, number>;
  scroll: number;
  height: number;
}

export type Clip = "none" | "above" | "below" | "hidden";

export interface End {
  /** Middle of the row, in pixels from the top of what is visible; kept inside it. */
  y: number;
  clip: Clip;
}

export interface Line {
  id: string;
  left: End;
  right: End;
  /** Empty for tables that are mapped without a column. */
  links: Link[];
  table: MappedTable;
  /** Several links, or a table's, in one. */
  bundle: boolean;
}

export function linesOf(index: MappingIndex, left: SideRows, right: SideRows): Line[] {
  const lines = new Map<string, Line>();
  for (const table of visibleMappings(index, left, right)) {
    const fromKey = tableKey(table.mapping.from);
    const toKey = tableKey(table.mapping.to);
    if (table.links.length === 0) add(lines, left, right, fromKey, toKey, table);
    for (const link of table.links) {
      const target = place(right, nodeId(link.to, link.column), toKey);
      for (const source of link.sources) {
        add(lines, left, right, place(left, nodeId(link.from, source), fromKey), target, table, link);
      }
    }
  }
  return [...lines.values()];
}

function visibleMappings(index: MappingIndex, left: SideRows, right: SideRows): Set<MappedTable> {
  const found = new Set<MappedTable>();
  for (const key of visibleTables(left)) for (const table of index.sources.get(key) ?? []) found.add(table);
  for (const key of visibleTables(right)) {
    const table = index.targets.get(key);
    if (table) found.add(table);
  }
  return found;
}

function visibleTables({ rows, scroll, height }: SideRows): Set<string> {
  const first = Math.max(0, Math.floor(scroll / ROW_HEIGHT));
  const last = Math.min(rows.length, Math.ceil((scroll + height) / ROW_HEIGHT));
  return new Set(rows.slice(first, last).map((row) => row.table.key));
}

/** The row that stands for a column: its own, or its table's while that is closed. */
function place(side: SideRows, column: string, table: string): string {
  return side.places.has(column) ? column : table;
}

function add(
  lines: Map<string, Line>,
  leftSide: SideRows,
  rightSide: SideRows,
  leftRow: string,
  rightRow: string,
  table: MappedTable,
  link?: Link,
): void {
  const id = `${leftRow}\u0001${rightRow}`;
  const known = lines.get(id);
  if (known) {
    if (link && !known.links.includes(link)) {
      known.links.push(link);
      known.bundle = true;
    }
    return;
  }
  const left = endOf(leftSide, leftRow);
  const right = endOf(rightSide, rightRow);
  if (left.clip !== "none" && right.clip !== "none") return;
  const ofTable = leftRow === tableKey(table.mapping.from) || rightRow === tableKey(table.mapping.to);
  lines.set(id, { id, left, right, links: link ? [link] : [], table, bundle: ofTable });
}

export function endOf(side: SideRows, row: string): End {
  const position = side.places.get(row);
  if (position === undefined) return { y: side.height / 2, clip: "hidden" };
  const y = position * ROW_HEIGHT + ROW_HEIGHT / 2 - side.scroll;
  if (y < 0) return { y: 4, clip: "above" };
  if (y > side.height) return { y: side.height - 4, clip: "below" };
  return { y, clip: "none" };
}

/** The path of a line in a layer `width` pixels wide; a stub fades out on the way to the border. */
export function pathOf({ left, right }: Line, width: number, mirrored = false): string {
  const x = (share: number) => round((mirrored ? 1 - share : share) * width);
  const curve = (from: number, y1: number, to: number, y2: number) => {
    const bend = (to - from) * 0.45;
    return `M${x(from)} ${round(y1)}C${x(from + bend)} ${round(y1)} ${x(to - bend)} ${round(y2)} ${x(to)} ${round(y2)}`;
  };
  if (left.clip === "hidden") return curve(0.7, right.y, 1, right.y);
  if (right.clip === "hidden") return curve(0, left.y, 0.3, left.y);
  if (left.clip !== "none") return curve(0.5, left.y, 1, right.y);
  if (right.clip !== "none") return curve(0, left.y, 0.5, right.y);
  return curve(0, left.y, 1, right.y);
}

const round = (value: number): number => Math.round(value * 10) / 10;
