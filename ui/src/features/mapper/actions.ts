/**
 * What a person can do with the nodes of the two trees, whatever they do it with: drag, key, button or menu.
 *
 * Each asks the policy, makes one edit, and says what came of it.
 */
import {
  confirmSuggestion,
  confirmTable,
  linkColumns,
  mapTable,
  mappingTo,
  rejectSuggestion,
  together,
  unlinkColumn,
  unmapTable,
  useProject,
} from "../../document";
import { mayJoinColumn, mayLinkColumns, mayMapTables, type Permission } from "../../document/policy";
import { foresee, foreseenVerdict } from "./data";
import { linksFrom, type MappingIndex } from "./model/mapping";
import { type Node, nodeName } from "./model/names";
import type { TreeTable } from "./model/tree";
import { say, select, useMapper } from "./state";

/** The trees as they are on the screen, for actions that start outside of them. */
export interface Trees {
  source: ReadonlyMap<string, TreeTable>;
  target: ReadonlyMap<string, TreeTable>;
  index: MappingIndex;
}

/** Orders two nodes by side; `null` when they are on the same one. */
export function endsOf(a: Node, b: Node): { from: Node; to: Node } | null {
  if (a.side === b.side) return null;
  return a.side === "source" ? { from: a, to: b } : { from: b, to: a };
}

/** May these two be linked, as far as is known at once? */
export function judge(a: Node, b: Node, trees: Trees): Permission {
  const ends = endsOf(a, b);
  const { document } = useProject.getState();
  if (!ends || !document) return { answer: "no", reason: "a link goes from the source to the target" };
  const { from, to } = ends;
  if (from.column === undefined && to.column === undefined) return mayMapTables(document, from.table, to.table);
  if (from.column === undefined) return { answer: "no", reason: "drop a table on a table, and a column on a column" };
  if (to.column === undefined) return judgeNewColumn(from, to, trees);
  const target = treeTable(trees, to)?.columns.find((column) => column.name === to.column);
  return mayLinkColumns(document, {
    from: from.table,
    fromColumn: { name: from.column },
    to: to.table,
    toColumn: { name: to.column, generated: target?.generated ?? null },
    verdict: foreseenVerdict(from.table, from.column, to.table, to.column),
  });
}

/** A column on a table that the run creates becomes a column of it. */
function judgeNewColumn(from: Node, to: Node, trees: Trees): Permission {
  const { document } = useProject.getState();
  const table = treeTable(trees, to);
  if (!document || !table?.creates) return { answer: "no", reason: "drop it on one of the table's columns" };
  if (table.columns.some((column) => column.name === from.column)) {
    return { answer: "no", reason: `${table.label} has a column ${from.column ?? ""} already` };
  }
  const filled = mayMapTables(document, from.table, to.table);
  return filled.answer === "no" && mappingTo(document, to.table)?.from.table !== from.table.table
    ? filled
    : { answer: "maybe", reason: `adds the column ${from.column ?? ""} to ${table.label}` };
}

function treeTable(trees: Trees, node: Node): TreeTable | undefined {
  return trees[node.side].get(`${node.table.schema}\u0000${node.table.table}`);
}

/** Asks ahead what the engine would say, so that `judge` knows. */
export function lookAhead(a: Node, b: Node, trees: Trees): Promise<void> {
  const ends = endsOf(a, b);
  if (!ends || ends.from.column === undefined) return Promise.resolve();
  const columns = treeTable(trees, ends.to)?.columns.map((column) => column.name) ?? [];
  return foresee(ends.from.table, ends.from.column, ends.to.table, columns);
}

/** Links two nodes, or says why not. */
export async function link(a: Node, b: Node, trees: Trees): Promise<boolean> {
  const ends = endsOf(a, b);
  if (!ends) return false;
  await lookAhead(a, b, trees);
  const permission = judge(a, b, trees);
  useMapper.setState({ pending: null });
  if (permission.answer === "no") {
    say(`Not linked: ${permission.reason ?? ""}.`, "problem");
    return false;
  }
  const { from, to } = ends;
  const { edit } = useProject.getState();
  const { document } = useProject.getState();
  if (
    document && from.column !== undefined && to.column !== undefined &&
    mayJoinColumn(document, { from: from.table, fromColumn: { name: from.column }, to: to.table, toColumn: { name: to.column } })
  ) {
    useMapper.setState({ joining: { from, to } });
    return false;
  }
  if (from.column === undefined) {
    edit(mapTable(from.table, to.table, samePairs(treeTable(trees, from), treeTable(trees, to))));
  } else {
    edit(linkColumns(from.table, from.column, to.table, to.column ?? from.column));
  }
  select(from.column !== undefined && to.column === undefined ? { ...to, column: from.column } : to);
  const done = `Linked ${nodeName(from)} to ${nodeName(to)}`;
  if (permission.answer === "maybe") say(`${done}: ${permission.reason ?? ""}.`, "caution");
  else say(`${done}.`);
  return true;
}

/** Columns whose names differ in case and punctuation only: mapping two tables by hand copies these at once. */
export function samePairs(from: TreeTable | undefined, to: TreeTable | undefined): { from: string; to: string }[] {
  const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const targets = new Map(to?.columns.filter((column) => column.generated === null).map((column) => [plain(column.name), column.name]));
  return (from?.columns ?? []).filter((column) => !column.derived).flatMap((column) => {
    const target = targets.get(plain(column.name));
    return target === undefined ? [] : [{ from: column.name, to: target }];
  });
}

/** Maps a table onto a new one of the same name, which the run creates. */
export function createTable(from: Node, trees: Trees, schema: string): void {
  const source = treeTable(trees, from);
  const to = { schema, table: from.table.table };
  const { document, edit } = useProject.getState();
  if (!source || !document) return;
  if (trees.target.has(`${to.schema}\u0000${to.table}`)) {
    say(`Not mapped: the target has a table ${to.table} already; drop it there.`, "problem");
    return;
  }
  const pairs = source.columns.filter((column) => !column.derived).map((column) => ({ from: column.name, to: column.name }));
  edit(mapTable(from.table, to, pairs), `Create ${to.table} in the target`);
  select({ side: "target", table: to });
  say(`${to.table} will be created in the target.`);
}

/** Takes away what the node is linked by. A suggestion is rejected by it. */
export function unlink({ side, table, column }: Node, index: MappingIndex): void {
  const { document, edit } = useProject.getState();
  if (!document) return;
  if (side === "target") {
    const mapping = mappingTo(document, table);
    if (!mapping) return;
    if (column === undefined) edit(unmapTable(table));
    else edit(takeAway(table, column, mapping.columns.some((each) => each.to === column && each.state === "suggested")));
    return;
  }
  if (column === undefined) {
    const mappings = document.tables.filter((each) => each.from.schema === table.schema && each.from.table === table.table);
    if (mappings.length > 0) edit(together(`Unmap ${table.table}`, mappings.map((each) => unmapTable(each.to))));
    return;
  }
  const links = linksFrom(index, table, column);
  if (links.length > 0) {
    edit(together(`Unlink ${table.table}.${column}`, links.map((each) => takeAway(each.to, each.column, each.suggested))));
  }
}

function takeAway(to: Node["table"], column: string, suggested: boolean) {
  return suggested ? rejectSuggestion(to, column) : unlinkColumn(to, column);
}

/** Confirms what is suggested at the node. */
export function accept({ side, table, column }: Node, index: MappingIndex): void {
  const { edit } = useProject.getState();
  if (side === "target") {
    edit(column === undefined ? confirmTable(table) : confirmSuggestion(table, column));
    return;
  }
  const name = column === undefined ? table.table : `${table.table}.${column}`;
  if (column === undefined) {
    const tables = index.sources.get(`${table.schema}\u0000${table.table}`) ?? [];
    if (tables.length > 0) edit(together(`Accept ${name}`, tables.map((each) => confirmTable(each.mapping.to))));
    return;
  }
  const links = linksFrom(index, table, column).filter((each) => each.suggested);
  if (links.length > 0) edit(together(`Accept ${name}`, links.map((each) => confirmSuggestion(each.to, each.column))));
}

/** The other end of what is linked at the node. */
export function counterpart({ side, table, column }: Node, index: MappingIndex): Node | null {
  const key = `${table.schema}\u0000${table.table}`;
  if (side === "target") {
    const mapped = index.targets.get(key);
    if (!mapped) return null;
    const source = column === undefined ? undefined : mapped.byColumn.get(column)?.sources[0];
    return { side: "source", table: mapped.mapping.from, ...(source === undefined ? {} : { column: source }) };
  }
  const link = column === undefined ? undefined : linksFrom(index, table, column)[0];
  if (link) return { side: "target", table: link.to, column: link.column };
  const mapped = index.sources.get(key)?.[0];
  return mapped ? { side: "target", table: mapped.mapping.to } : null;
}
