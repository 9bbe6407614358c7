/** What a verification says, without any drawing. The rule is the engine's: equal text is an equal figure. */
import { count } from "../../app/format";
import type { ColumnVerification, Measure, TableVerification, Verification } from "../../bindings";

export const isEqual = (measure: Measure) => (measure.expected ?? null) === (measure.actual ?? null);

export const differing = (column: ColumnVerification) => column.measures.filter((measure) => !isEqual(measure));

export interface Judgement {
  equal: boolean;
  /** In words; "equal" when it is. */
  text: string;
}

export function judge(table: TableVerification): Judgement {
  const parts: string[] = [];
  if (table.expected_rows !== table.target_rows) parts.push("row counts differ");
  const columns = table.columns.filter((column) => differing(column).length > 0).length;
  if (columns > 0) parts.push(`${columns} ${columns === 1 ? "column differs" : "columns differ"}`);
  if (table.row_checksum && !isEqual(table.row_checksum)) parts.push("checksum of whole rows differs");
  const rows = table.different_rows ?? 0;
  if (rows > 0) parts.push(rows === 1 ? "1 row differs" : `${count(rows)} rows differ`);
  const orphans = table.orphans.filter((each) => each.rows > 0 && !each.kept).length;
  if (orphans > 0) parts.push(`${orphans} ${orphans === 1 ? "foreign key points" : "foreign keys point"} at nothing`);
  return { equal: parts.length === 0, text: parts.length === 0 ? "equal" : parts.join(", ") };
}

export function judgeAll(verification: Verification): Judgement {
  const wrong = verification.tables.filter((table) => !judge(table).equal).length;
  if (wrong > 0) return { equal: false, text: `${wrong} of ${verification.tables.length} tables differ` };
  return { equal: true, text: verification.tables.length === 1 ? "The table is equal" : `All ${verification.tables.length} tables are equal` };
}

/** Differing columns first, otherwise in the table's order. */
export function worstFirst(columns: readonly ColumnVerification[]): ColumnVerification[] {
  return [...columns].sort((a, b) => Number(differing(b).length > 0) - Number(differing(a).length > 0));
}
