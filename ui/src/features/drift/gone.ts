/**
 * What the mapping names and a schema no longer has, put back into the trees: marked, so that its links can be seen.
 */
import type { Drift, MappingDescription, Project, TableName } from "../../bindings";
import { sourcesOf, tableKey } from "../../document/model";
import type { TreeColumn, TreeTable } from "../mapper/model/tree";

function goneColumn(name: string): TreeColumn {
  return {
    name,
    nativeType: "",
    logical: { type: "other", name: "gone" },
    nullable: true,
    primary: false,
    refersTo: null,
    generated: null,
    identity: false,
    default: null,
    comment: null,
    derived: false,
    added: false,
    required: false,
    gone: true,
  };
}

function goneTable(name: TableName): TreeTable {
  return { key: tableKey(name), name, label: name.table, kind: "table", rows: null, comment: null, creates: false, columns: [], gone: true };
}

/** The source's tree with what links read and it does not have, behind what it has. */
export function withGone(tree: readonly TreeTable[], document: Project): readonly TreeTable[] {
  const known = new Map(tree.map((table) => [table.key, table]));
  const missing = new Map<string, { table: TableName; columns: Set<string> }>();
  for (const mapping of document.tables) {
    const key = tableKey(mapping.from);
    const table = known.get(key);
    for (const link of mapping.columns) {
      for (const column of sourcesOf(link)) {
        if (!has(table, column)) entryOf(missing, mapping.from).add(column);
      }
    }
    if (!table) entryOf(missing, mapping.from);
  }
  if (missing.size === 0) return tree;
  const extended = tree.map((table) => {
    const gone = missing.get(table.key);
    return gone ? { ...table, columns: [...table.columns, ...[...gone.columns].map(goneColumn)] } : table;
  });
  const lost = [...missing].filter(([key]) => !known.has(key));
  return [...extended, ...lost.map(([, { table, columns }]) => ({ ...goneTable(table), columns: [...columns].map(goneColumn) }))];
}

const names = new WeakMap<TreeTable, Set<string>>();

function has(table: TreeTable | undefined, column: string): boolean {
  if (!table) return false;
  let known = names.get(table);
  if (!known) {
    known = new Set(table.columns.map((each) => each.name));
    names.set(table, known);
  }
  return known.has(column);
}

function entryOf(missing: Map<string, { table: TableName; columns: Set<string> }>, table: TableName): Set<string> {
  const key = tableKey(table);
  const entry = missing.get(key) ?? { table, columns: new Set<string>() };
  missing.set(key, entry);
  return entry.columns;
}

/** Tables and columns that the target had: a run would make them anew, which nobody has asked for. */
export function goneFromTarget(drift: Drift): Map<string, Set<string> | "whole"> {
  const gone = new Map<string, Set<string> | "whole">();
  for (const { side, tables } of drift.sides) {
    if (side !== "target") continue;
    for (const { table, fate, columns } of tables) {
      if (fate.fate === "removed" || fate.fate === "renamed") gone.set(tableKey(table), "whole");
      const lost = columns.filter((column) => column.fate.fate === "removed" || column.fate.fate === "renamed");
      if (lost.length === 0) continue;
      const own = new Set(lost.map((column) => column.column));
      if (fate.fate === "kept") gone.set(tableKey(table), own);
      // Under its new name the same columns are missing.
      if (fate.fate === "renamed") gone.set(tableKey(fate.to), own);
    }
  }
  return gone;
}

/** The target's tree, in which what is gone is not taken for what will be made. */
export function markGone(tree: readonly TreeTable[], drift: Drift): readonly TreeTable[] {
  const gone = goneFromTarget(drift);
  if (gone.size === 0) return tree;
  return tree.map((table) => {
    const lost = gone.get(table.key);
    if (lost === undefined) return table;
    if (lost === "whole") return table.creates ? { ...table, creates: false, gone: true } : table;
    const columns = table.columns.map((column) => (column.added && lost.has(column.name) ? { ...column, added: false, gone: true } : column));
    return { ...table, columns };
  });
}

/** What the engine makes of the mapping, with links into what is gone as errors. */
export function withDrift(description: MappingDescription | null, drift: Drift): MappingDescription | null {
  const gone = goneFromTarget(drift);
  if (description === null || gone.size === 0) return description;
  const tables = description.tables.map((table) => {
    const lost = gone.get(tableKey(table.to));
    if (lost === undefined || (lost === "whole" && !table.creates)) return table;
    const columns = table.columns.map((column) => {
      if (column.problem || (lost !== "whole" && !lost.has(column.to))) return column;
      const what = lost === "whole" ? `the table ${table.to.table}` : `the column ${column.to}`;
      return { ...column, problem: { message: `${what} is gone from the target`, line: null, character: null } };
    });
    return { ...table, columns };
  });
  return { ...description, tables };
}
