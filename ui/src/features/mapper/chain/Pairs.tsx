/** Real values before and after, one pair a line. */
import type { StepEvaluated } from "../../../bindings";
import css from "./Chain.module.css";
import { pairsOf, visible } from "./pairs";

interface PairsProps {
  before: StepEvaluated | undefined;
  after: StepEvaluated | undefined;
  most: number;
  testId?: string;
}

export function Pairs({ before, after, most, testId }: PairsProps) {
  const pairs = pairsOf(before, after, most);
  if (pairs.length === 0) return <p className={css.noRows}>No rows to show it on.</p>;
  return (
    <ul className={css.pairs} data-testid={testId}>
      {pairs.map((pair) => (
        <li key={pair.row} data-changed={pair.before !== pair.after || undefined} data-failed={pair.failure !== null || undefined}>
          <Value text={pair.before} />
          <span className={css.arrow} aria-label="becomes">→</span>
          {pair.failure === null ? <Value text={pair.after} /> : <span className={css.failure}>rejected: {pair.failure}</span>}
        </li>
      ))}
    </ul>
  );
}

function Value({ text }: { text: string | null }) {
  if (text === null) return <span className={css.null}>NULL</span>;
  return <bdi className={css.value} title={text}>{text === "" ? "''" : visible(text)}</bdi>;
}
