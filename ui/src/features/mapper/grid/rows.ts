/** The mapping as rows of a table: one for each target column, linked or not. */
import { tableKey } from "../../../document";
import { belongs, type Filter } from "../model/filters";
import { type Link, type MappingIndex, VERDICTS } from "../model/mapping";
import type { LogicalType, TableName } from "../../../bindings";
import type { TreeTable } from "../model/tree";
import { percent } from "../model/types";

export const COLUMNS = ["table", "column", "type", "source", "sourceType", "state", "score", "verdict"] as const;
export type GridColumn = (typeof COLUMNS)[number];

export const COLUMN_NAMES: Record<GridColumn, string> = {
  table: "Target table",
  column: "Target column",
  type: "Type",
  source: "Source or expression",
  sourceType: "Source type",
  state: "State",
  score: "Score",
  verdict: "Verdict",
};

export interface GridRow {
  id: string;
  to: TableName;
  link: Link | null;
  /** Of the target column. */
  logical: LogicalType;
  /** What stands in each cell. */
  text: Record<GridColumn, string>;
  score: number;
}

export interface Sorting {
  column: GridColumn;
  down: boolean;
}

export interface Asked {
  filter: Filter;
  search: string;
  sorting: Sorting | null;
}

export function gridRows(
  targets: readonly TreeTable[],
  sources: ReadonlyMap<string, TreeTable>,
  index: MappingIndex,
  { filter, search, sorting }: Asked,
): GridRow[] {
  const rows: GridRow[] = [];
  const wanted = search.trim().toLowerCase();
  for (const target of targets) {
    const mapped = index.targets.get(tableKey(target.name));
    for (const column of target.columns) {
      if (!belongs(filter, column, mapped)) continue;
      const link = mapped?.byColumn.get(column.name) ?? null;
      const text: GridRow["text"] = {
        table: target.label,
        column: column.name,
        type: column.nativeType,
        source: link ? sourceText(link) : "",
        sourceType: link ? sourceType(link, sources) : "",
        state: stateText(link, mapped?.skipped.has(column.name) ?? false, mapped?.required.has(column.name) ?? false, column.generated !== null),
        score: link?.score == null ? "" : percent(link.score),
        verdict: link ? verdictText(link) : "",
      };
      const parts = [...Object.values(text), `${text.table}.${text.column}`];
      if (wanted !== "" && !parts.some((part) => part.toLowerCase().includes(wanted))) continue;
      rows.push({ id: `${target.key}\u0000${column.name}`, to: target.name, link, logical: column.logical, text, score: link?.score ?? -1 });
    }
  }
  if (sorting) rows.sort(comparing(sorting));
  return rows;
}

function sourceText(link: Link): string {
  return link.mapping.expression ?? `${link.from.table}.${link.sources[0] ?? ""}`;
}

function sourceType(link: Link, sources: ReadonlyMap<string, TreeTable>): string {
  const columns = sources.get(tableKey(link.from))?.columns ?? [];
  return link.sources.map((name) => columns.find((column) => column.name === name)?.nativeType ?? "").join(", ");
}

function stateText(link: Link | null, skipped: boolean, missing: boolean, generated: boolean): string {
  if (link) return link.suggested ? "suggested" : "confirmed";
  if (generated) return "computed";
  if (skipped) return "default";
  return missing ? "required" : "unmapped";
}

function verdictText(link: Link): string {
  if (link.problem) return "error";
  return link.verdict ? VERDICTS[link.verdict.verdict].name.toLowerCase() : "";
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function comparing({ column, down }: Sorting) {
  const sign = down ? -1 : 1;
  return (a: GridRow, b: GridRow) =>
    sign * (column === "score" ? a.score - b.score : collator.compare(a.text[column], b.text[column]));
}

/** For a spreadsheet. Tabs and line breaks in expressions become spaces. */
export function asTabbedText(rows: readonly GridRow[]): string {
  const line = (cells: readonly string[]) => cells.map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t");
  return [line(COLUMNS.map((column) => COLUMN_NAMES[column])), ...rows.map((row) => line(COLUMNS.map((column) => row.text[column])))].join("\n");
}
