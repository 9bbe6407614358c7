/**
 * A catalog as a tree of tables and columns, and that tree as the rows of a list.
 *
 * Knows no mapping and no screen: what is shown is said by sets and predicates.
 */
import type { Catalog, Column, LogicalType, Table, TableName } from "../../../bindings";
import { tableKey } from "../../../document/model";
import { nodeId } from "./names";

export interface TreeColumn {
  name: string;
  nativeType: string;
  logical: LogicalType;
  nullable: boolean;
  primary: boolean;
  /** `Artist.ArtistId`: what a foreign key of this column refers to. */
  refersTo: string | null;
  generated: string | null;
  identity: boolean;
  default: string | null;
  comment: string | null;
  /** Says again what other columns say: carried only when a person maps it. */
  derived: boolean;
  /** A run would add it. */
  added: boolean;
  /** A row must bring a value. */
  required: boolean;
  /** The mapping names it, and the schema no longer has it. */
  gone?: boolean;
}

/** What a derived column is, in words. */
export const DERIVED = "Also carried by other columns; it is carried itself only when you map it.";

export interface TreeTable {
  key: string;
  name: TableName;
  /** With the schema where there is more than one. */
  label: string;
  kind: Table["kind"];
  rows: number | null;
  comment: string | null;
  /** A run would create it. */
  creates: boolean;
  columns: TreeColumn[];
  /** The mapping names it, and the schema no longer has it. */
  gone?: boolean;
}

/** The tables of a catalog, and those that a run would create or extend, as they will be. */
export function treeOf(catalog: Catalog, proposed: readonly Table[] = []): TreeTable[] {
  const schemas = catalog.schemas.filter((schema) => schema.tables.length > 0);
  const known = new Map(schemas.flatMap((schema) => schema.tables).map((table) => [tableKey(table.name), table]));
  const coming = new Map(proposed.map((table) => [tableKey(table.name), table]));
  const names = new Set([...schemas.map((schema) => schema.name), ...proposed.map((table) => table.name.schema)]);
  const tables = [...known.values(), ...proposed.filter((table) => !known.has(tableKey(table.name)))];
  return tables.map((table) => tableNode(coming.get(tableKey(table.name)) ?? table, known.get(tableKey(table.name)), names.size > 1));
}

function tableNode(table: Table, before: Table | undefined, withSchema: boolean): TreeTable {
  const there = before && new Set(before.columns.map((column) => column.name));
  const keys = new Set(table.primary_key?.columns ?? []);
  return {
    key: tableKey(table.name),
    name: table.name,
    label: withSchema ? `${table.name.schema}.${table.name.table}` : table.name.table,
    kind: table.kind,
    rows: table.row_estimate ?? null,
    comment: table.comment ?? null,
    creates: before === undefined,
    columns: table.columns.map((column) => columnNode(column, table, keys, there !== undefined && !there.has(column.name))),
  };
}

function columnNode(column: Column, table: Table, keys: Set<string>, added: boolean): TreeColumn {
  const foreign = table.foreign_keys.find((key) => key.columns.includes(column.name));
  return {
    name: column.name,
    nativeType: column.native_type,
    logical: column.logical,
    nullable: column.nullable,
    primary: keys.has(column.name),
    refersTo: foreign
      ? `${foreign.references.table}.${foreign.referenced_columns[foreign.columns.indexOf(column.name)] ?? "?"}`
      : null,
    generated: column.generated ?? null,
    identity: column.identity != null,
    default: column.default ?? null,
    comment: column.comment ?? null,
    derived: column.derived ?? false,
    added,
    required: !column.nullable && column.default == null && column.identity == null && column.generated == null,
  };
}

export interface Row {
  id: string;
  table: TreeTable;
  /** Absent on the table's own row. */
  column?: TreeColumn;
  /** The column's name, without the path of the object that it stands under. */
  label?: string;
  /** Objects that the column stands under, in the list as it is shown. */
  depth: number;
  expanded: boolean;
}

export interface Shown {
  /** Tables whose columns are open. */
  expanded: ReadonlySet<string>;
  search: string;
  /** Only these columns, and tables that have one; absent shows all. */
  only?: (table: TreeTable, column: TreeColumn) => boolean;
  /** Tables closed by hand while a search or a filter opens them by itself. */
  folded?: ReadonlySet<string>;
}

export function rowsOf(tables: readonly TreeTable[], { expanded, search, only, folded }: Shown): Row[] {
  const text = search.trim().toLowerCase();
  const rows: Row[] = [];
  for (const table of tables) {
    let columns = table.columns;
    let open = expanded.has(table.key);
    if (only) {
      columns = columns.filter((column) => only(table, column));
      if (columns.length === 0) continue;
      open = true;
    }
    if (text !== "") {
      const names = namesOf(table);
      if (!names.label.includes(text)) {
        columns = columns.filter((column) => matches(names, column, text));
        if (columns.length === 0) continue;
        open = true;
      }
    }
    if (folded?.has(table.key) && (only !== undefined || text !== "")) open = false;
    rows.push(tableRow(table, open));
    if (open) rows.push(...(columns === table.columns ? columnRows(table) : rowsUnder(table, columns)));
  }
  return rows;
}

/** Rows stay the very objects that they were, so that what is drawn of them need not be drawn again. */
const known = new WeakMap<TreeTable, { open?: Row; closed?: Row; columns?: Row[] }>();

function knownOf(table: TreeTable) {
  const before = known.get(table);
  if (before) return before;
  const rows: { open?: Row; closed?: Row; columns?: Row[] } = {};
  known.set(table, rows);
  return rows;
}

function tableRow(table: TreeTable, expanded: boolean): Row {
  const rows = knownOf(table);
  const row = { id: table.key, table, depth: 0, expanded };
  return expanded ? (rows.open ??= row) : (rows.closed ??= row);
}

function columnRows(table: TreeTable): Row[] {
  return (knownOf(table).columns ??= rowsUnder(table, table.columns));
}

function rowsUnder(table: TreeTable, columns: readonly TreeColumn[]): Row[] {
  const above: string[] = [];
  return columns.map((column) => {
    while (above.length > 0 && !column.name.startsWith(above[above.length - 1])) above.pop();
    const label = column.name.slice(above[above.length - 1]?.length ?? 0);
    const row = { id: nodeId(table.name, column.name), table, column, label, depth: above.length, expanded: false };
    // An object as one column comes before the columns of what is in it.
    if (column.derived) above.push(`${column.name}.`);
    return row;
  });
}

interface Names {
  label: string;
  table: string;
  columns: Map<TreeColumn, string>;
}

const names = new WeakMap<TreeTable, Names>();

/** In small letters, made once: a search looks at all of them with every key. */
function namesOf(table: TreeTable): Names {
  const before = names.get(table);
  if (before) return before;
  const made = {
    label: table.label.toLowerCase(),
    table: table.name.table.toLowerCase(),
    columns: new Map(table.columns.map((column) => [column, column.name.toLowerCase()])),
  };
  names.set(table, made);
  return made;
}

function matches({ table, columns }: Names, column: TreeColumn, text: string): boolean {
  const name = columns.get(column) ?? column.name.toLowerCase();
  return name.includes(text) || (text.includes(".") && `${table}.${name}`.includes(text));
}

/** Where each row is in the list. */
export function placesOf(rows: readonly Row[]): Map<string, number> {
  return new Map(rows.map((row, index) => [row.id, index]));
}
