/**
 * What became of the schemas, as the mapping meets it: one item for each difference, with what can be done about it.
 *
 * What is open is not remembered anywhere: it follows from the document as it is. So an item that was resolved is open
 * again when its edit is undone.
 */
import type { ColumnDrift, Drift, Project, SideName, TableDrift, TableName } from "../../bindings";
import {
  approveLoss,
  columnTo,
  dropColumn,
  dropTable,
  type Edit,
  isFree,
  mappingsOn,
  rebindColumn,
  rebindTable,
  tableKey,
  together,
  usesOf,
} from "../../document";

export type Fate = "added" | "removed" | "renamed" | "changed";

export const FATES: readonly Fate[] = ["renamed", "removed", "changed", "added"];

export interface Item {
  id: string;
  side: SideName;
  /** As the mapping knows it. */
  table: TableName;
  /** Where it is now, if it is. */
  now: TableName | null;
  column: string | null;
  fate: Fate;
  /** The name that it may have now. */
  to: string | null;
  /** Types, or how large a table is. */
  detail: string;
  likeness: { score: number; reasons: string[] } | null;
  /** A row must bring a value for it, and nothing brings one. */
  required: boolean;
  /** How often the mapping names what it was. */
  uses: number;
  /** The mapping does not fit it, and a person has to do something. */
  open: boolean;
  /** Absent where there is nothing to rebind, or the new name is taken. */
  rebind: Edit | null;
  remove: Edit | null;
  /** Approvals of a loss that were given for another type. */
  withdraw: Edit | null;
}

export function itemsOf(drift: Drift, document: Project): Item[] {
  return drift.sides.flatMap(({ side, tables }) => tables.flatMap((table) => tableItems(document, side, table)));
}

function tableItems(document: Project, side: SideName, drift: TableDrift): Item[] {
  const { table, fate } = drift;
  const now = fate.fate === "renamed" ? fate.to : fate.fate === "removed" ? null : table;
  const names = now === null || now === table ? [table] : [table, now];
  const columns = drift.columns.map((column) => columnItem(document, { side, table, now, names }, column));
  if (fate.fate === "kept") return columns;
  const uses = fate.fate === "added" ? 0 : usesOf(document, side, [table]);
  const free = fate.fate === "renamed" && isFree(document, side, [fate.to]);
  const own: Item = {
    id: `${side} ${tableKey(table)}`,
    side,
    table,
    now,
    column: null,
    fate: fate.fate,
    to: fate.fate === "renamed" ? nameOf(table, fate.to) : null,
    detail: fate.fate === "added" ? `${fate.columns} columns` : "",
    likeness: fate.fate === "renamed" ? fate.likeness : null,
    required: false,
    uses,
    open: uses > 0,
    rebind: fate.fate === "renamed" && uses > 0 && free ? rebindTable(side, table, fate.to) : null,
    remove: uses > 0 ? dropTable(side, table) : null,
    withdraw: null,
  };
  return [own, ...columns];
}

/** The new name; with its schema where that is another. */
function nameOf(before: TableName, now: TableName): string {
  return before.schema === now.schema ? now.table : `${now.schema}.${now.table}`;
}

interface Place {
  side: SideName;
  table: TableName;
  now: TableName | null;
  names: TableName[];
}

function columnItem(document: Project, { side, table, now, names }: Place, { column, fate }: ColumnDrift): Item {
  const gone = fate.fate === "removed" || fate.fate === "renamed";
  const uses = fate.fate === "added" ? 0 : usesOf(document, side, names, column);
  const required = fate.fate === "added" && fate.required && side === "target" && isMissing(document, names, column);
  const free = fate.fate === "renamed" && isFree(document, side, names, fate.to);
  const withdraw = fate.fate === "changed" ? withdrawals(document, side, names, column) : null;
  return {
    id: `${side} ${tableKey(table)} ${column}`,
    side,
    table,
    now,
    column,
    fate: fate.fate,
    to: fate.fate === "renamed" ? fate.to : null,
    detail: detailOf(fate),
    likeness: fate.fate === "renamed" ? fate.likeness : null,
    required,
    uses,
    open: (gone && uses > 0) || required || withdraw !== null,
    rebind: fate.fate === "renamed" && uses > 0 && free ? rebindColumn(side, names, column, fate.to) : null,
    remove: gone && uses > 0 ? dropColumn(side, names, column) : null,
    withdraw,
  };
}

function detailOf(fate: ColumnDrift["fate"]): string {
  switch (fate.fate) {
    case "added":
    case "removed":
      return fate.column_type;
    case "renamed":
      return fate.before == null ? fate.column_type : `${fate.before} → ${fate.column_type}`;
    case "changed":
      return `${fate.before} → ${fate.after}`;
  }
}

/** A mapped table gets no value for the column, and nobody has said that it should not. */
function isMissing(document: Project, names: readonly TableName[], column: string): boolean {
  return mappingsOn(document, "target", names).some(
    (mapping) => !mapping.columns.some((link) => link.to === column) && !mapping.skipped?.includes(column),
  );
}

/** A loss was approved for the types as they were: it is to be looked at again. */
function withdrawals(document: Project, side: SideName, names: readonly TableName[], column: string): Edit | null {
  const edits = mappingsOn(document, side, names).flatMap((mapping) =>
    mapping.columns
      .filter((link) => columnTo(mapping, link.to)?.approve_loss && (side === "target" ? link.to === column : link.from?.includes(column)))
      .map((link) => approveLoss(mapping.to, link.to, false)),
  );
  return edits.length === 0 ? null : together(`Withdraw what was approved for ${names[0].table}.${column}`, edits);
}

/** All that was proposed, as one edit; `null` when there is nothing to rebind. */
export function rebindAll(items: readonly Item[]): { edit: Edit; count: number } | null {
  const edits = items.flatMap((item) => item.rebind ?? []);
  if (edits.length === 0) return null;
  const label = edits.length === 1 ? edits[0].label : `Rebind all ${edits.length} that were renamed`;
  return { edit: together(label, edits), count: edits.length };
}

export type Counts = Record<Fate, { tables: number; columns: number }>;

export function countItems(items: readonly Item[]): Counts {
  const none = () => ({ tables: 0, columns: 0 });
  const counts: Counts = { added: none(), removed: none(), renamed: none(), changed: none() };
  for (const item of items) counts[item.fate][item.column === null ? "tables" : "columns"] += 1;
  return counts;
}

const plural = (value: number, noun: string) => `${value} ${noun}${value === 1 ? "" : "s"}`;

const WORDS: Record<Fate, string> = { added: "added", removed: "removed", renamed: "renamed", changed: "changed" };

/** "1 table removed, 2 columns renamed". */
export function summary(items: readonly Item[]): string {
  const counts = countItems(items);
  return FATES.flatMap((fate) => {
    const { tables, columns } = counts[fate];
    return [tables > 0 ? `${plural(tables, "table")} ${WORDS[fate]}` : "", columns > 0 ? `${plural(columns, "column")} ${WORDS[fate]}` : ""];
  })
    .filter((part) => part !== "")
    .join(", ");
}
