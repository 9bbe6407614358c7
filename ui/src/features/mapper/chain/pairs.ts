/** Which of the rows that were looked at show best what a step does. */
import type { StepEvaluated } from "../../../bindings";

export interface Pair {
  row: number;
  before: string | null;
  after: string | null;
  /** Why the row fails at this step. */
  failure: string | null;
}

/** Rows that fail or change first, each different pair once. */
export function pairsOf(before: StepEvaluated | undefined, after: StepEvaluated | undefined, most: number): Pair[] {
  if (!before || !after) return [];
  const failures = new Map(after.failures.map(({ row, reason }) => [row, reason]));
  const seen = new Set<string>();
  const pairs: Pair[] = [];
  after.values.forEach((value, row) => {
    const pair: Pair = { row, before: before.values[row] ?? null, after: value, failure: failures.get(row) ?? null };
    const key = JSON.stringify([pair.before, pair.after, pair.failure]);
    if (seen.has(key)) return;
    seen.add(key);
    pairs.push(pair);
  });
  const rank = (pair: Pair) => (pair.failure !== null ? 0 : pair.before !== pair.after ? 1 : 2);
  return pairs.sort((a, b) => rank(a) - rank(b) || a.row - b.row).slice(0, most);
}

/** Blanks at the ends are seen. */
export function visible(text: string): string {
  return text.replace(/^ +| +$/g, (blanks) => "·".repeat(blanks.length)).replace(/\n/g, "⏎").replace(/\t/g, "⇥");
}
