/** A run under way or over: how far it is, what it says, and what can be done with it. */
import { Button, Loader, Progress, Stack } from "@mantine/core";
import { useState } from "react";
import type { Phase, RunStatus, TableName } from "../../bindings";
import { Empty } from "../../app/Empty";
import { between, bytes, count, duration, percent } from "../../app/format";
import { IconNote, IconPause, IconPlay, IconProblem, IconRollback, IconStop, IconWarning, IconCheck } from "../../app/icons";
import { go } from "../../app/navigation";
import { Problem } from "../../app/Problem";
import { useProject } from "../../document";
import { Actions } from "./Actions";
import { Announce } from "./Announce";
import { useShownRun } from "./latest";
import { Log } from "./Log";
import { elapsed, isOver, recentRate, remaining, totals, type RunView, type Sample } from "./progress";
import { RejectsDrawer } from "./RejectsDrawer";
import { TableList } from "./TableList";
import { Throughput } from "./Throughput";
import { Troubles } from "./Troubles";
import { useRun } from "./useRun";
import css from "./run.module.css";

export default function Run() {
  const shown = useShownRun();
  const open = useProject((state) => state.project !== null);
  const [round, setRound] = useState(0);
  return (
    <div className="page">
      {shown.error ? (
        <Problem error={shown.error} doing="Reading the runs" />
      ) : shown.run !== undefined ? (
        <Follow key={`${shown.run} ${round}`} run={shown.run} again={() => setRound(round + 1)} />
      ) : shown.pending ? (
        <Loader size="sm" aria-label="Loading" />
      ) : (
        <div className="card">
          <Empty
            title="Nothing has run yet"
            action={open && <Button onClick={() => go({ screen: "check" })} data-testid="run-go-check">Go to the plan</Button>}
          >
            Look at the plan, try it with a dry run, then start.
          </Empty>
        </div>
      )}
    </div>
  );
}

/** `again` follows the run anew, after it was resumed or rolled back. */
function Follow({ run, again }: { run: string; again: () => void }) {
  const { view, error, ...rest } = useRun(run);
  if (error) {
    return (
      <Problem error={error} doing="Reading the run" testId="run-problem">
        <Button variant="default" onClick={again}>Try again</Button>
      </Problem>
    );
  }
  if (!view) return <Loader size="sm" aria-label="Loading" />;
  return <Followed view={view} again={again} {...rest} />;
}

const statuses: Record<RunStatus, { text: string; tone: string; icon: typeof IconNote }> = {
  running: { text: "Running", tone: "accent", icon: IconPlay },
  paused: { text: "Paused", tone: "accent", icon: IconPause },
  completed: { text: "Finished", tone: "plain", icon: IconCheck },
  failed: { text: "Failed", tone: "problem", icon: IconProblem },
  cancelled: { text: "Cancelled", tone: "plain", icon: IconStop },
  "rolled-back": { text: "Rolled back", tone: "plain", icon: IconRollback },
  interrupted: { text: "Interrupted", tone: "caution", icon: IconWarning },
};

const phases: { phase: Phase; name: string }[] = [
  { phase: "preparing", name: "Prepare" },
  { phase: "loading", name: "Load" },
  { phase: "finishing", name: "Finish" },
  { phase: "verifying", name: "Verify" },
];

interface FollowedProps {
  view: RunView;
  samples: readonly Sample[];
  now: number;
  again: () => void;
}

function Followed({ view, samples, now, again }: FollowedProps) {
  const [rejects, setRejects] = useState<TableName | null>(null);
  const sum = totals(view.tables);
  const over = isOver(view.status);
  const seconds = elapsed(view, now);
  const rate = over ? (seconds > 0 ? sum.read / seconds : null) : recentRate(samples);
  const left = over ? null : remaining(samples, sum.expected);
  const { text, tone, icon: Icon } = statuses[view.status];
  // A dry run ends with what it read.
  const passed = view.dryRun ? phases.slice(0, 2) : phases;
  const done = view.status === "completed" ? 100 : sum.expected ? Math.min(99, (sum.read / sum.expected) * 100) : 0;

  return (
    <Stack gap="lg">
      <header className={css.head}>
        <div>
          <h1 className={css.heading}>
            <span className={css.status} data-tone={tone} data-testid="run-status" data-status={view.status}>
              <Icon /> {text}
            </span>
            <span className={css.kind}>{view.dryRun ? "Dry run" : "Run"} of <bdi>{view.projectName}</bdi></span>
          </h1>
          {view.dryRun && <p className={css.lead}>Everything is read and converted; nothing is written to the target.</p>}
        </div>
        <Actions view={view} again={again} />
      </header>

      {view.error && <Problem error={view.error} testId="run-failure" />}
      <Troubles run={view.run} lines={view.log} failure={view.error?.message} />
      {!view.error && view.status === "interrupted" && (
        <p className={css.hint}>Rowferry was closed while this run was under way. What was committed is in the target; Resume goes on from there.</p>
      )}

      <section aria-label="Progress" className={css.progress}>
        <ol className={css.phases} aria-label="Phases">
          {passed.map(({ phase, name }, index) => {
            const at = view.phase === "done" ? passed.length : passed.findIndex((each) => each.phase === view.phase);
            const state = index < at ? "done" : index === at ? "now" : "later";
            return (
              <li key={phase} data-state={state} aria-current={state === "now" ? "step" : undefined} data-testid={`phase-${phase}`}>
                {state === "done" && <IconCheck size={12} />}{name}
              </li>
            );
          })}
        </ol>
        {view.status !== "rolled-back" && (
          <Progress
            value={done}
            size="md"
            radius={2}
            aria-label="Rows read"
            animated={view.status === "running" && sum.expected === null}
            data-testid="run-progress"
          />
        )}
        <dl className={css.figures}>
          <Figure name="Read" value={count(sum.read)} more={sum.expected === null || over ? "" : `of ${count(sum.expected)}, ${percent(sum.read, sum.expected)}`} testId="total-read" />
          <Figure name={view.dryRun ? "Would be written" : "Written"} value={count(sum.written)} testId="total-written" />
          <Figure name="Rejected" value={count(sum.rejected)} tone={sum.rejected > 0 ? "caution" : undefined} testId="total-rejected" />
          <Figure name="Left out by filters" value={count(sum.filtered)} testId="total-filtered" />
          <Figure name="Size" value={bytes(sum.bytes)} testId="total-bytes" />
          <Figure name={over ? "Mean rate" : "Rate"} value={rate === null ? "–" : `${count(rate)} rows/s`} testId="rate" />
          <Figure name="Time" value={duration(seconds)} testId="elapsed" />
          {!over && <Figure name="Left" value={left === null ? "not known yet" : between(left.low, left.high)} testId="eta" />}
        </dl>
      </section>

      {spansEnough(samples) && <Throughput samples={samples} />}

      <section aria-labelledby="run-tables">
        <h2 id="run-tables" className={css.heading2}>Tables <span className="dim">{count(sum.tablesDone)} of {count(view.tables.length)} loaded</span></h2>
        <TableList tables={view.tables} dryRun={view.dryRun} onRejects={setRejects} />
      </section>

      <section aria-labelledby="run-log">
        <h2 id="run-log" className={css.heading2}>Log</h2>
        <Log lines={view.log} />
      </section>

      <RejectsDrawer run={view.run} table={rejects} onClose={() => setRejects(null)} />
      <Announce view={view} sum={sum} left={left} />
    </Stack>
  );
}

/** A run that is over at once has no course that could be drawn. */
function spansEnough(samples: readonly Sample[]): boolean {
  return samples.length > 4 && samples[samples.length - 1].at - samples[0].at >= 2;
}

interface FigureProps {
  name: string;
  value: string;
  more?: string;
  tone?: "caution";
  testId: string;
}

function Figure({ name, value, more, tone, testId }: FigureProps) {
  return (
    <div data-tone={tone}>
      <dt>{name}</dt>
      <dd data-testid={testId}>{value}{more && <small> {more}</small>}</dd>
    </div>
  );
}
