/**
 * Reading the project document: names, look-ups and what a link is.
 *
 * Nothing here changes a document (edits do) and nothing asks the engine.
 */
import type { ColumnMapping, LinkState, Project, TableMapping, TableName } from "../bindings";

export type { ColumnMapping, Existing, Project, SuggestionNote, TableMapping, TableName } from "../bindings";

/** One text for a table's name, to be used as a key; dots in names cannot make two tables one. */
export function tableKey(name: TableName): string {
  return `${name.schema}\u0000${name.table}`;
}

export function sameTable(a: TableName, b: TableName): boolean {
  return a.schema === b.schema && a.table === b.table;
}

/** The mapping that fills this target table: there is at most one. */
export function mappingTo(document: Project, to: TableName): TableMapping | undefined {
  return document.tables.find((mapping) => sameTable(mapping.to, to));
}

export function mappingsFrom(document: Project, from: TableName): TableMapping[] {
  return document.tables.filter((mapping) => sameTable(mapping.from, from));
}

export function columnTo(mapping: TableMapping | undefined, column: string): ColumnMapping | undefined {
  return mapping?.columns.find((each) => each.to === column);
}

export function isSuggested(mapping: { state: LinkState }): boolean {
  return mapping.state === "suggested";
}

/** Source columns, without those named twice. */
export function sourcesOf(column: ColumnMapping): string[] {
  return [...new Set(column.from ?? [])];
}

/** A name as SQL over the source row reads it: quoted where it is not plain lower case. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A text as a SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
