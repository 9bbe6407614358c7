/** How a run ended, as a word with its icon. Green is kept for the one outcome that deserves it. */
import type { Outcome, RunStatus } from "../bindings";
import { IconCheck, IconNote, IconPause, IconPlay, IconProblem, IconRollback, IconStop, IconWarning } from "./icons";
import css from "./Outcome.module.css";

export type Tone = "good" | "caution" | "problem" | "accent" | "plain";

interface Look {
  text: string;
  tone: Tone;
  icon: typeof IconCheck;
}

export const outcomes: Record<Outcome, Look> = {
  green: { text: "Complete and verified", tone: "good", icon: IconCheck },
  rejects: { text: "Rows rejected", tone: "caution", icon: IconWarning },
  differences: { text: "Differences found", tone: "problem", icon: IconProblem },
  unverified: { text: "Not verified", tone: "caution", icon: IconWarning },
  "dry-run-clean": { text: "Dry run: clean", tone: "accent", icon: IconNote },
  failed: { text: "Failed", tone: "problem", icon: IconProblem },
  cancelled: { text: "Cancelled", tone: "plain", icon: IconStop },
  unfinished: { text: "Unfinished", tone: "caution", icon: IconWarning },
  "rolled-back": { text: "Rolled back", tone: "plain", icon: IconRollback },
};

const live: Partial<Record<RunStatus, Look>> = {
  running: { text: "Running", tone: "accent", icon: IconPlay },
  paused: { text: "Paused", tone: "accent", icon: IconPause },
  interrupted: { text: "Interrupted", tone: "caution", icon: IconWarning },
};

export function lookOf(outcome: Outcome, status?: RunStatus): Look {
  return (status && live[status]) ?? outcomes[outcome];
}

export function OutcomeLabel({ outcome, status }: { outcome: Outcome; status?: RunStatus }) {
  const { text, tone, icon: Icon } = lookOf(outcome, status);
  return (
    <span className={css.label} data-tone={tone} data-outcome={outcome} data-testid="outcome">
      <Icon size={14} />
      {text}
    </span>
  );
}
