/** Rules of a column that are part of its table's filter. */
import { quoted } from "../../../document";

const AND = " and ";

function present(column: string): string {
  return `${quoted(column)} is not null`;
}

/** Are rows left out in which this column is NULL, as far as this page has said so? */
export function leavesOutNull(filter: string, column: string): boolean {
  const rule = present(column);
  return filter === rule || filter.endsWith(AND + rule);
}

/** The filter with that rule, or without it. What else the filter says stays as it is. */
export function withNullLeftOut(filter: string, column: string, leave: boolean): string {
  const rule = present(column);
  if (leave === leavesOutNull(filter, column)) return filter;
  if (leave) return filter.trim() === "" ? rule : `(${filter.trim()})${AND}${rule}`;
  if (filter === rule) return "";
  const rest = filter.slice(0, -(AND + rule).length);
  return rest.startsWith("(") && rest.endsWith(")") ? rest.slice(1, -1) : rest;
}
