/** Several source columns as one value, and one as several: as expressions. */
import type { ColumnMapping } from "../../../bindings";
import { literal, quoted } from "../../../document";
import { chainOf, textOf } from "../chain/chain";

/** What a link carries, as an expression. */
export function valueOf(mapping: Pick<ColumnMapping, "expression" | "from">): string {
  const [only] = mapping.from ?? [];
  return mapping.expression ?? (only === undefined ? "" : quoted(only));
}

/** Both values with the separator between them; what is empty leaves no separator behind. */
export function joined(value: string, addition: string, separator: string, inFront = false): string {
  const chain = chainOf(value);
  const last = chain.steps.at(-1);
  // A join with the same separator takes one more.
  if (last?.kind === "call" && last.name === "concat_ws" && last.at === 1 && last.args[0] === literal(separator) && !inFront) {
    return textOf({ ...chain, steps: [...chain.steps.slice(0, -1), { ...last, args: [...last.args, addition] }] });
  }
  const [first, second] = inFront ? [addition, value] : [value, addition];
  return separator === "" ? `concat(${first}, ${second})` : `concat_ws(${literal(separator)}, ${first}, ${second})`;
}

export type Cut =
  | { by: "delimiter"; delimiter: string }
  /** Characters up to which the first part goes, the second, and so on; the last takes the rest. */
  | { by: "position"; positions: readonly number[] };

/** One part of a column, counted from 0. An empty part is NULL. */
export function part(column: string, cut: Cut, at: number): string {
  const value = quoted(column);
  if (cut.by === "delimiter") return `nullif(trim(split_part(${value}, ${literal(cut.delimiter)}, ${at + 1})), '')`;
  const from = at === 0 ? 0 : (cut.positions[at - 1] ?? 0);
  const to = cut.positions[at];
  return to === undefined ? `nullif(substr(${value}, ${from + 1}), '')` : `nullif(substr(${value}, ${from + 1}, ${to - from}), '')`;
}
