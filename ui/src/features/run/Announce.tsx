/** Tells a screen reader how the run goes: at once when its state changes, otherwise every fifteen seconds. */
import { useEffect, useRef, useState } from "react";
import { between, count, counted, percent } from "../../app/format";
import type { Remaining, RunView, Totals } from "./progress";

const EVERY = 15_000;

interface AnnounceProps {
  view: RunView;
  sum: Totals;
  left: Remaining | null;
}

export function Announce({ view, sum, left }: AnnounceProps) {
  const text = words(view, sum, left);
  const state = `${view.status} ${view.phase}`;
  const newest = useRef(text);
  const [told, setTold] = useState(text);

  useEffect(() => {
    newest.current = text;
  }, [text]);

  useEffect(() => {
    setTold(newest.current);
    const timer = setInterval(() => setTold(newest.current), EVERY);
    return () => clearInterval(timer);
  }, [state]);

  return <div className="spoken" role="status" aria-live="polite" data-testid="run-live">{told}</div>;
}

function words(view: RunView, sum: Totals, left: Remaining | null): string {
  const rows = sum.expected === null ? counted(sum.read, "row") : `${count(sum.read)} of ${counted(sum.expected, "row")}, ${percent(sum.read, sum.expected)}`;
  const rejects = sum.rejected > 0 ? `, ${count(sum.rejected)} rejected` : "";
  const time = left === null ? "" : `, ${between(left.low, left.high)} left`;
  return `${view.status === "completed" ? "finished" : view.status}, ${view.phase}: ${rows} read${rejects}${time}.`;
}
