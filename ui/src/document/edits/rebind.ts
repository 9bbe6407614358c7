/**
 * Edits for a schema that has changed under the mapping: names that are others now, and what is gone.
 *
 * A table may have been renamed with its column, before or after in the same step: so a column is looked for under every
 * name that its table has had.
 */
import type { Draft } from "immer";

import type { Project, SideName, TableMapping, TableName } from "../../bindings";
import type { Edit } from "../edit";
import { isSuggested, sameTable } from "../model";
import { renameInSql } from "../sql";
import { sentenceName } from "./draft";

const among = (tables: readonly TableName[], table: TableName) => tables.some((each) => sameTable(each, table));

/** Mappings that have one of these tables on this side. */
export function mappingsOn(document: Project, side: SideName, tables: readonly TableName[]): TableMapping[] {
  return document.tables.filter((mapping) => among(tables, side === "source" ? mapping.from : mapping.to));
}

/** How often the mapping names a column: its links, filters and choices. Without a column, how often the table. */
export function usesOf(document: Project, side: SideName, tables: readonly TableName[], column?: string): number {
  const mappings = mappingsOn(document, side, tables);
  if (column === undefined) return mappings.length;
  return mappings.reduce((sum, mapping) => sum + usesIn(mapping, side, column), 0);
}

function usesIn(mapping: TableMapping, side: SideName, column: string): number {
  if (side === "target") {
    return mapping.columns.filter((link) => link.to === column).length + (mapping.skipped?.includes(column) ? 1 : 0);
  }
  const links = mapping.columns.filter((link) => link.from?.includes(column) || namedIn(link.expression, column)).length;
  return links + (namedIn(mapping.filter, column) ? 1 : 0) + (mapping.reading && column in mapping.reading ? 1 : 0);
}

function namedIn(sql: string | null | undefined, column: string): boolean {
  return sql != null && renameInSql(sql, column, `${column}_`) !== sql;
}

/** May the name be put in the place of the old one, or is it taken by something that a person has confirmed? */
export function isFree(document: Project, side: SideName, tables: readonly TableName[], column?: string): boolean {
  if (side === "source") return true;
  const mappings = mappingsOn(document, side, tables);
  if (column === undefined) return mappings.every(isOnlySuggested);
  return mappings.every((mapping) => mapping.columns.every((link) => link.to !== column || isSuggested(link)));
}

function isOnlySuggested(mapping: TableMapping): boolean {
  return isSuggested(mapping) && mapping.columns.every(isSuggested);
}

/** All that names a table names another one. A mapping of the new one that was only suggested gives way. */
export function rebindTable(side: SideName, from: TableName, to: TableName): Edit {
  return {
    label: `Rebind ${sentenceName(from)} to ${sentenceName(to)}`,
    apply: (document) => {
      if (usesOf(document, side, [from]) === 0 || !isFree(document, side, [to])) return;
      if (side === "target") document.tables = document.tables.filter((mapping) => !sameTable(mapping.to, to));
      for (const mapping of document.tables) {
        const end = side === "source" ? "from" : "to";
        if (sameTable(mapping[end], from)) mapping[end] = { ...to };
      }
    },
  };
}

/** All that names a column names another one: links, expressions, filters, and what was chosen for it. */
export function rebindColumn(side: SideName, tables: readonly TableName[], from: string, to: string): Edit {
  return {
    label: `Rebind ${sentenceName(tables[0], from)} to ${to}`,
    apply: (document) => {
      if (!isFree(document, side, tables, to)) return;
      for (const mapping of document.tables) {
        if (side === "source" && among(tables, mapping.from)) rebindReading(mapping, from, to);
        if (side === "target" && among(tables, mapping.to)) rebindWriting(mapping, from, to);
      }
    },
  };
}

function rebindReading(mapping: Draft<TableMapping>, from: string, to: string): void {
  for (const link of mapping.columns) {
    if (link.expression != null) link.expression = renameInSql(link.expression, from, to);
    if (link.from?.includes(from)) link.from = [...new Set(link.from.map((each) => (each === from ? to : each)))];
  }
  if (mapping.filter != null) mapping.filter = renameInSql(mapping.filter, from, to);
  if (mapping.reading && from in mapping.reading) {
    const { [from]: chosen, ...others } = mapping.reading;
    mapping.reading = { ...others, [to]: chosen };
  }
}

function rebindWriting(mapping: Draft<TableMapping>, from: string, to: string): void {
  if (mapping.columns.some((link) => link.to === from)) {
    mapping.columns = mapping.columns.filter((link) => link.to !== to);
    for (const link of mapping.columns) if (link.to === from) link.to = to;
    if (mapping.skipped) mapping.skipped = mapping.skipped.filter((each) => each !== to);
  }
  if (mapping.skipped?.includes(from)) {
    mapping.skipped = [...new Set(mapping.skipped.map((each) => (each === from ? to : each)))];
  }
  if (mapping.skipped?.length === 0) delete mapping.skipped;
}

/** Takes out what names a column that is gone. A filter stays: what rows to carry is not for an edit to guess. */
export function dropColumn(side: SideName, tables: readonly TableName[], column: string): Edit {
  return {
    label: `Remove the links of ${sentenceName(tables[0], column)}`,
    apply: (document) => {
      for (const mapping of document.tables) {
        if (!among(tables, side === "source" ? mapping.from : mapping.to)) continue;
        const names = (link: (typeof mapping.columns)[number]) =>
          side === "target" ? link.to === column : link.from?.includes(column) || namedIn(link.expression, column);
        if (mapping.columns.some(names)) mapping.columns = mapping.columns.filter((link) => !names(link));
        if (side === "target" && mapping.skipped?.includes(column)) {
          mapping.skipped = mapping.skipped.filter((each) => each !== column);
          if (mapping.skipped.length === 0) delete mapping.skipped;
        }
        if (side === "source" && mapping.reading && column in mapping.reading) {
          delete mapping.reading[column];
          if (Object.keys(mapping.reading).length === 0) delete mapping.reading;
        }
      }
    },
  };
}

/** Takes out every mapping of a table that is gone. */
export function dropTable(side: SideName, table: TableName): Edit {
  return {
    label: `Remove the mapping of ${sentenceName(table)}`,
    apply: (document) => {
      if (usesOf(document, side, [table]) === 0) return;
      document.tables = document.tables.filter((mapping) => !sameTable(side === "source" ? mapping.from : mapping.to, table));
    },
  };
}
