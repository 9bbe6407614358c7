/** What the chips show and count. Counters count target columns; the source tree follows. */
import { linksFrom, type Link, type MappedTable, type MappingIndex } from "./mapping";
import type { TreeColumn, TreeTable } from "./tree";

export const FILTERS = ["all", "unmapped", "required", "suggested", "risk", "transformed", "errors"] as const;
export type Filter = (typeof FILTERS)[number];

export const FILTER_NAMES: Record<Filter, string> = {
  all: "All",
  unmapped: "Unmapped",
  required: "Required",
  suggested: "Suggested",
  risk: "At risk",
  transformed: "Transformed",
  errors: "With errors",
};

/** Does this target column belong to the filter? */
export function belongs(filter: Filter, column: TreeColumn, table: MappedTable | undefined): boolean {
  const link = table?.byColumn.get(column.name);
  switch (filter) {
    case "all":
      return true;
    case "unmapped":
      return link === undefined && column.generated === null && !table?.skipped.has(column.name);
    case "required":
      return table?.required.has(column.name) ?? false;
    default:
      return link !== undefined && linkBelongs(filter, link);
  }
}

function linkBelongs(filter: Filter, link: Link): boolean {
  switch (filter) {
    case "suggested":
      return link.suggested;
    case "risk":
      return link.verdict !== null && link.verdict.verdict !== "exact" && link.verdict.verdict !== "widening";
    case "transformed":
      return link.mapping.expression != null;
    case "errors":
      return link.problem !== null || link.verdict?.verdict === "impossible";
    case "all":
      return true;
    case "unmapped":
    case "required":
      return false;
  }
}

export function targetFilter(filter: Filter, index: MappingIndex) {
  if (filter === "all") return undefined;
  return (table: TreeTable, column: TreeColumn) => belongs(filter, column, index.targets.get(table.key));
}

/** The source columns that go with a filter: those of its links, or those that nothing reads. */
export function sourceFilter(filter: Filter, index: MappingIndex) {
  if (filter === "all" || filter === "required") return undefined;
  if (filter === "unmapped") {
    return (table: TreeTable, column: TreeColumn) => !column.derived && linksFrom(index, table.name, column.name).length === 0;
  }
  const read = new Map<string, Set<string>>();
  for (const [key, tables] of index.sources) {
    const names = tables.flatMap((table) => table.links.filter((link) => linkBelongs(filter, link)).flatMap((link) => link.sources));
    read.set(key, new Set(names));
  }
  return (table: TreeTable, column: TreeColumn) => read.get(table.key)?.has(column.name) ?? false;
}

export type Counts = Record<Filter, number>;

export function countAll(targets: readonly TreeTable[], index: MappingIndex): Counts {
  const counts: Counts = { all: 0, unmapped: 0, required: 0, suggested: 0, risk: 0, transformed: 0, errors: 0 };
  for (const tree of targets) {
    const own = countTable(tree, index.targets.get(tree.key));
    for (const filter of FILTERS) counts[filter] += own[filter];
  }
  return counts;
}

const counted = new WeakMap<TreeTable, { table: MappedTable | undefined; counts: Counts }>();

function countTable(tree: TreeTable, table: MappedTable | undefined): Counts {
  const before = counted.get(tree);
  if (before && before.table === table) return before.counts;
  const counts: Counts = { all: 0, unmapped: 0, required: 0, suggested: 0, risk: 0, transformed: 0, errors: 0 };
  for (const column of tree.columns) {
    for (const filter of FILTERS) if (belongs(filter, column, table)) counts[filter] += 1;
  }
  counted.set(tree, { table, counts });
  return counts;
}
