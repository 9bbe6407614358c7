/** How sure a suggestion is, in a word and a tone. The number stands beside it, and so do the reasons. */
export interface Confidence {
  word: "sure" | "likely" | "unsure";
  tone: "good" | "accent" | "dim";
  /** Bars of three that are filled. */
  bars: 1 | 2 | 3;
}

export function confidenceOf(score: number): Confidence {
  if (score >= 0.85) return { word: "sure", tone: "good", bars: 3 };
  if (score >= 0.6) return { word: "likely", tone: "accent", bars: 2 };
  return { word: "unsure", tone: "dim", bars: 1 };
}
