/**
 * The mapping as the screen asks for it: by target column, by source column, with what the engine says of each link.
 *
 * Built whole from the document and the engine's description, and never changed.
 */
import type {
  ColumnMapping,
  ExpressionProblem,
  LogicalType,
  MappingDescription,
  Project,
  TableDescription,
  TableMapping,
  TableName,
  Verdict,
} from "../../../bindings";
import { confidenceOf } from "./confidence";
import { isSuggested, sourcesOf, tableKey } from "../../../document/model";

export interface Link {
  from: TableName;
  to: TableName;
  column: string;
  mapping: ColumnMapping;
  /** Source columns; none for a constant. */
  sources: string[];
  suggested: boolean;
  score: number | null;
  fromType: LogicalType | null;
  toType: LogicalType | null;
  verdict: Verdict | null;
  problem: ExpressionProblem | null;
}

export interface MappedTable {
  mapping: TableMapping;
  description: TableDescription | null;
  links: Link[];
  byColumn: Map<string, Link>;
  skipped: Set<string>;
  /** Target columns that need a source and have none. */
  required: Set<string>;
}

export interface MappingIndex {
  /** By the key of the target table. */
  targets: Map<string, MappedTable>;
  /** By the key of the source table. */
  sources: Map<string, MappedTable[]>;
}

export function indexOf(document: Project, description: MappingDescription | null): MappingIndex {
  const described = new Map(description?.tables.map((table) => [tableKey(table.to), table]));
  const targets: MappingIndex["targets"] = new Map();
  const sources: MappingIndex["sources"] = new Map();
  for (const mapping of document.tables) {
    const table = remembered(mapping, described.get(tableKey(mapping.to)) ?? null);
    targets.set(tableKey(mapping.to), table);
    const from = tableKey(mapping.from);
    sources.set(from, [...(sources.get(from) ?? []), table]);
  }
  return { targets, sources };
}

const known = new WeakMap<TableMapping, MappedTable>();

/** An edit leaves most tables the very objects they were: those are not built again. */
function remembered(mapping: TableMapping, description: TableDescription | null): MappedTable {
  const before = known.get(mapping);
  if (before?.description === description) return before;
  const table = mappedTable(mapping, description);
  known.set(mapping, table);
  return table;
}

function mappedTable(mapping: TableMapping, description: TableDescription | null): MappedTable {
  const described = new Map(description?.columns.map((column) => [column.to, column]));
  const skipped = new Set(mapping.skipped);
  const links = mapping.columns.map((column): Link => {
    const says = described.get(column.to);
    return {
      from: mapping.from,
      to: mapping.to,
      column: column.to,
      mapping: column,
      sources: column.expression != null && says ? [...new Set(says.from)] : sourcesOf(column),
      suggested: isSuggested(column),
      score: column.suggestion?.score ?? null,
      fromType: says?.from_type ?? null,
      toType: says?.to_type ?? null,
      verdict: says?.verdict ?? null,
      problem: says?.problem ?? null,
    };
  });
  const byColumn = new Map(links.map((link) => [link.column, link]));
  const required = new Set((description?.required ?? []).filter((column) => !byColumn.has(column) && !skipped.has(column)));
  return { mapping, description, links, byColumn, skipped, required };
}

export function linkTo(index: MappingIndex, to: TableName, column: string): Link | undefined {
  return index.targets.get(tableKey(to))?.byColumn.get(column);
}

/** Links that read this source column. */
export function linksFrom(index: MappingIndex, from: TableName, column: string): Link[] {
  return (index.sources.get(tableKey(from)) ?? []).flatMap((table) => linksBySource(table).get(column) ?? []);
}

const bySource = new WeakMap<MappedTable, Map<string, Link[]>>();

/** Found once for a table: a list asks for every column of it. */
function linksBySource(table: MappedTable): Map<string, Link[]> {
  const before = bySource.get(table);
  if (before) return before;
  const links = new Map<string, Link[]>();
  for (const link of table.links) {
    for (const source of new Set(link.sources)) {
      const known = links.get(source);
      if (known) known.push(link);
      else links.set(source, [link]);
    }
  }
  bySource.set(table, links);
  return links;
}

const RANK = { exact: 0, widening: 1, narrowing: 2, lossy: 3, impossible: 4 } as const;
export type VerdictName = keyof typeof RANK;

/** What a person should see of a link first: a broken expression counts as impossible. */
export function worst(links: readonly Link[]): VerdictName | null {
  let found: VerdictName | null = null;
  for (const link of links) {
    const name = link.problem ? "impossible" : link.verdict?.verdict;
    if (name !== undefined && (found === null || RANK[name] > RANK[found])) found = name;
  }
  return found;
}

export const VERDICTS: Record<VerdictName, { symbol: string; name: string; says: string; tone: "good" | "caution" | "problem" }> = {
  exact: { symbol: "=", name: "Exact", says: "every value arrives as it was", tone: "good" },
  widening: { symbol: "+", name: "Widening", says: "every value arrives as it was, in a wider type", tone: "good" },
  narrowing: { symbol: "≤", name: "Narrowing", says: "values that do not fit are rejected, never changed", tone: "caution" },
  lossy: { symbol: "≈", name: "Lossy", says: "some values arrive changed", tone: "caution" },
  impossible: { symbol: "×", name: "Impossible", says: "no value can become one of the target's", tone: "problem" },
};

/** The link as a sentence, for a screen reader. */
export function linkText(link: Link): string {
  const source =
    link.sources.length > 0 ? link.sources.map((name) => `${link.from.table}.${name}`).join(" and ") : (link.mapping.expression ?? "");
  const parts = [`${link.sources.length > 0 ? "source " : "constant "}${source} mapped to target ${link.to.table}.${link.column}`];
  if (link.suggested) parts.push(link.score === null ? "suggested" : `suggested with ${Math.round(link.score * 100)} %, ${confidenceOf(link.score).word}`);
  if (link.mapping.expression != null && link.sources.length > 0) parts.push("transformed");
  if (link.problem) parts.push(`error: ${link.problem.message}`);
  else if (link.verdict) parts.push(`${link.verdict.verdict} cast`);
  return parts.join(", ");
}
