/** How nodes of the trees are named in memory, on the screen and in tests. */
import type { TableName } from "../../../bindings";
import { tableKey } from "../../../document/model";

export type Side = "source" | "target";

/** A table, or a column of it, on one side. */
export interface Node {
  side: Side;
  table: TableName;
  column?: string;
}

export function nodeId(table: TableName, column?: string): string {
  return column === undefined ? tableKey(table) : `${tableKey(table)}\u0000${column}`;
}

export function sameNode(a: Node | null | undefined, b: Node | null | undefined): boolean {
  return a?.side === b?.side && a !== undefined && a !== null && b != null && nodeId(a.table, a.column) === nodeId(b.table, b.column);
}

/** `source-column-Album.AlbumId`, `target-table-album`: stable, for tests. */
export function nodeTestId({ side, table, column }: Node): string {
  return column === undefined ? `${side}-table-${table.table}` : `${side}-column-${table.table}.${column}`;
}

export function nodeName({ table, column }: { table: TableName; column?: string }): string {
  return column === undefined ? table.table : `${table.table}.${column}`;
}
