/** How sure a suggestion is: bars, colour, number and word. */
import css from "./Confidence.module.css";
import { confidenceOf } from "./model/confidence";
import { percent } from "./model/types";

export function Confidence({ score, words = false }: { score: number; words?: boolean }) {
  const { word, tone, bars } = confidenceOf(score);
  return (
    <span className={css.confidence} data-tone={tone} title={`${percent(score)}: ${word}`}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
        {[0, 1, 2].map((bar) => (
          <rect key={bar} x={bar * 4.2} y={8 - bar * 3.5} width="2.8" height={4 + bar * 3.5} rx="0.6" fill="currentColor" opacity={bar < bars ? 1 : 0.25} />
        ))}
      </svg>
      <span className={css.number} data-testid={words ? "suggestion-score" : undefined}>{percent(score)}</span>
      {words && <span>{word}</span>}
    </span>
  );
}
