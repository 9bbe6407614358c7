/** What stands between a source value and what arrives, for the same rows of the preview. */
import type { Preview, StepsEvaluated } from "../../../bindings";
import { quoted } from "../../../document";
import { type Chain, stepName } from "../chain/chain";

export interface Between {
  name: string;
  values: readonly (string | null)[];
}

/**
 * The value after each step. Nothing where the two answers are not of the same rows: the first rows of a table are not
 * the same at every reading in every database.
 */
export function between(preview: Preview, chain: Chain, evaluated: StepsEvaluated | undefined): Between[] {
  if (!evaluated || evaluated.steps.length !== chain.steps.length + 1 || evaluated.steps.some((step) => step.problem)) return [];
  const at = preview.before.columns.findIndex((name) => quoted(name) === chain.start || `"${name}"` === chain.start);
  const [start] = evaluated.steps;
  const { rows } = preview.before;
  if (at < 0 || !start || start.values.length !== rows.length || rows.some((row, i) => (row[at] ?? null) !== start.values[i])) return [];
  return chain.steps.map((step, i) => ({ name: stepName(step), values: evaluated.steps[i + 1].values }));
}
