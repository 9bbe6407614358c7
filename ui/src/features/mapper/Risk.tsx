/** What becomes of values on the way: symbol, colour and word. */
import type { Verdict } from "../../bindings";
import { type Link, VERDICTS } from "./model/mapping";
import css from "./Risk.module.css";

export function riskOf(link: Link): keyof typeof VERDICTS | null {
  return link.problem ? "impossible" : (link.verdict?.verdict ?? null);
}

/** Why, in the engine's words. */
export function riskWords(link: Link): string {
  if (link.problem) return link.problem.message;
  const verdict: Verdict | null = link.verdict;
  if (!verdict) return "";
  return "why" in verdict ? verdict.why : VERDICTS[verdict.verdict].says;
}

export function Risk({ link }: { link: Link }) {
  const name = riskOf(link);
  if (name === null) return null;
  const { symbol, tone } = VERDICTS[name];
  const word = link.problem ? "Error" : VERDICTS[name].name;
  return (
    <span className={css.risk} data-tone={tone} title={`${word}: ${riskWords(link)}`}>
      <span aria-hidden="true">{symbol}</span> {word.toLowerCase()}
    </span>
  );
}
