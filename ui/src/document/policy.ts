/**
 * What may be linked: yes, maybe with a reason, or no with a reason.
 *
 * Drag, keyboard and buttons all ask here, so that they never disagree. The policy knows the document and the two
 * columns; what happens to values on the way is the engine's verdict, handed in when it is known.
 */
import type { Column, Project, TableName, Verdict } from "../bindings";
import { columnTo, isSuggested, mappingTo, sameTable } from "./model";

export interface Permission {
  answer: "yes" | "maybe" | "no";
  /** Absent for a plain yes. */
  reason?: string;
}

const YES: Permission = { answer: "yes" };
const no = (reason: string): Permission => ({ answer: "no", reason });
const maybe = (reason: string): Permission => ({ answer: "maybe", reason });

export interface ColumnLink {
  from: TableName;
  fromColumn: Column | { name: string };
  to: TableName;
  toColumn: Column | { name: string };
  /** What the engine says of the two types; absent while it has not answered. */
  verdict?: Verdict | null;
}

/** May this source column become this target column? */
export function mayLinkColumns(document: Project, link: ColumnLink): Permission {
  const target = link.toColumn;
  if ("generated" in target && target.generated != null) {
    return no(`${target.name} is computed by the database and is never written`);
  }
  const table = mayFill(document, link.from, link.to);
  if (table.answer === "no") return table;
  if (link.verdict?.verdict === "impossible") return no(link.verdict.why);

  const mapping = mappingTo(document, link.to);
  const before = mapping && sameTable(mapping.from, link.from) ? columnTo(mapping, target.name) : undefined;
  const same = before && before.expression == null && before.from?.length === 1 && before.from[0] === link.fromColumn.name;
  if (same && !isSuggested(before)) return no("these two are linked already");

  const reasons: string[] = [];
  if (table.reason) reasons.push(table.reason);
  if (mayJoinColumn(document, link)) reasons.push(`${target.name} has a value already: the two are joined, or this one takes its place`);
  else if (before && !same) reasons.push(replaces(before.expression ?? before.from?.[0], isSuggested(before)));
  if (link.verdict?.verdict === "lossy") reasons.push(`loses something: ${link.verdict.why}`);
  if (link.verdict?.verdict === "narrowing") reasons.push(link.verdict.why);
  return reasons.length > 0 ? maybe(reasons.join("; ")) : YES;
}

/** Is there a confirmed value of the same table already, that this source column could join? */
export function mayJoinColumn(document: Project, { from, fromColumn, to, toColumn }: ColumnLink): boolean {
  const mapping = mappingTo(document, to);
  const before = columnTo(mapping, toColumn.name);
  if (!mapping || !sameTable(mapping.from, from) || !before || isSuggested(before)) return false;
  return (before.from?.length ?? 0) > 0 && !before.from?.includes(fromColumn.name);
}

/** May the rows of this source table go into this target table? */
export function mayMapTables(document: Project, from: TableName, to: TableName): Permission {
  const mapping = mappingTo(document, to);
  if (mapping && sameTable(mapping.from, from)) {
    return isSuggested(mapping) ? YES : no("these two are mapped already");
  }
  return mayFill(document, from, to);
}

/** A target table is filled from one source table: a confirmed one is not taken from it in passing. */
function mayFill(document: Project, from: TableName, to: TableName): Permission {
  const mapping = mappingTo(document, to);
  if (!mapping || sameTable(mapping.from, from)) return YES;
  const confirmed = !isSuggested(mapping) || mapping.columns.some((column) => !isSuggested(column));
  if (confirmed) return no(`${to.table} is filled from ${mapping.from.table}; unmap it first`);
  return maybe(`replaces the suggestion that ${to.table} comes from ${mapping.from.table}`);
}

function replaces(what: string | undefined, suggested: boolean): string {
  const old = what === undefined ? "what is there" : what.length > 40 ? `${what.slice(0, 39)}…` : what;
  return suggested ? `replaces the suggestion ${old}` : `replaces the link from ${old}`;
}
