/** Look-ups that edits share. All give drafts, to be changed in place. */
import type { Draft } from "immer";

import type { ColumnMapping, Project, TableMapping, TableName } from "../../bindings";
import { sameTable } from "../model";

export type DraftProject = Draft<Project>;

export function tableIn(document: DraftProject, to: TableName): Draft<TableMapping> | undefined {
  return document.tables.find((mapping) => sameTable(mapping.to, to));
}

export function columnIn(document: DraftProject, to: TableName, column: string): Draft<ColumnMapping> | undefined {
  return tableIn(document, to)?.columns.find((each) => each.to === column);
}

/** The mapping that fills `to`, made when there is none; an unconfirmed one from another table gives way. */
export function tableFor(document: DraftProject, from: TableName, to: TableName): Draft<TableMapping> {
  const known = tableIn(document, to);
  if (!known) {
    document.tables.push({ from: { ...from }, to: { ...to }, existing: "refuse", state: "confirmed", columns: [] });
    return document.tables[document.tables.length - 1];
  }
  if (!sameTable(known.from, from)) {
    known.from = { ...from };
    known.columns = [];
    delete known.filter;
  }
  known.state = "confirmed";
  return known;
}

/** Puts a column's mapping in the place of the one before it, or at the end. */
export function putColumn(table: Draft<TableMapping>, column: ColumnMapping): void {
  const list = table.columns;
  const at = list.findIndex((each) => each.to === column.to);
  if (at >= 0) list[at] = column;
  else list.push(column);
  if (table.skipped) {
    table.skipped = table.skipped.filter((each) => each !== column.to);
    if (table.skipped.length === 0) delete table.skipped;
  }
}

export function sentenceName(table: TableName, column?: string): string {
  return column === undefined ? table.table : `${table.table}.${column}`;
}
