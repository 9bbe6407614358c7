/** Which runs of the history are shown. */
import type { Outcome, RunSummary } from "../../bindings";

export interface Selection {
  /** `null` is all. */
  project: string | null;
  outcome: Outcome | null;
}

export function selected(runs: readonly RunSummary[], { project, outcome }: Selection): RunSummary[] {
  return runs.filter((run) => (project === null || run.project === project) && (outcome === null || run.outcome === outcome));
}

/** Projects by name, those of the same name told apart by their id, and the outcomes that occur. */
export function choicesOf(runs: readonly RunSummary[]) {
  const names = new Map(runs.map((run) => [run.project, run.project_name]));
  const often = new Map<string, number>();
  for (const name of names.values()) often.set(name, (often.get(name) ?? 0) + 1);
  const projects = [...names]
    .map(([value, name]) => ({ value, label: (often.get(name) ?? 0) > 1 ? `${name} (…${value.slice(-4)})` : name }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return { projects, present: [...new Set(runs.map((run) => run.outcome))] };
}
