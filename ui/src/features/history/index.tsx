/** Every run on this machine. */
import { Button, Group, Loader, Select, Stack } from "@mantine/core";
import { useState } from "react";
import type { RunSummary } from "../../bindings";
import { Empty } from "../../app/Empty";
import { showError } from "../../app/errors";
import { count, duration, moment } from "../../app/format";
import { go } from "../../app/navigation";
import { OutcomeLabel, outcomes } from "../../app/Outcome";
import { Problem } from "../../app/Problem";
import { forget, useCall } from "../../app/query";
import { Rows, type RowColumn } from "../../app/Rows";
import { useProject } from "../../document";
import { host } from "../../host";
import { canResume, isOver } from "../run/progress";
import { choicesOf, selected, type Selection } from "./select";
import css from "./history.module.css";

export default function History() {
  const runs = useCall("runs", { project: null }, { staleTime: 0 });
  return (
    <div className="page">
      {runs.isError ? (
        <Problem error={runs.error} doing="Reading the history" />
      ) : runs.isPending ? (
        <Loader size="sm" aria-label="Loading" />
      ) : runs.data.length === 0 ? (
        <div className="card">
          <Empty title="Nothing has run yet" action={<Button variant="default" onClick={() => go({ screen: "start" })}>Go to the projects</Button>}>
            Every run and every dry run is kept here with its report.
          </Empty>
        </div>
      ) : (
        <Runs runs={runs.data} />
      )}
    </div>
  );
}

function Runs({ runs }: { runs: RunSummary[] }) {
  const open = useProject((state) => state.project?.id);
  const [selection, setSelection] = useState<Selection>({
    project: open !== undefined && runs.some((run) => run.project === open) ? open : null,
    outcome: null,
  });
  const [busy, setBusy] = useState<string | null>(null);
  const shown = selected(runs, selection);

  const resume = async (run: string) => {
    setBusy(run);
    try {
      const resumed = await host.call("resume_run", { run });
      forget("runs", "live_runs", "report");
      go({ screen: "run", run: resumed.run });
    } catch (error) {
      showError(error, "Resuming the run");
      setBusy(null);
    }
  };

  const columns: RowColumn<RunSummary>[] = [
    { key: "started", title: "Started", width: "136px", cell: (run) => moment(run.started_at) },
    { key: "project", title: "Project", width: "minmax(120px, 2fr)", cell: (run) => <bdi>{run.project_name}</bdi> },
    { key: "kind", title: "Kind", width: "76px", cell: (run) => (run.dry_run ? "Dry run" : "Run") },
    { key: "outcome", title: "Outcome", width: "minmax(204px, 1.5fr)", cell: (run) => <OutcomeLabel outcome={run.outcome} status={run.status} /> },
    { key: "tables", title: "Tables", width: "68px", number: true, cell: (run) => count(run.tables) },
    { key: "written", title: "Written", width: "minmax(88px, 1fr)", number: true, cell: (run) => count(run.written) },
    { key: "rejected", title: "Rejected", width: "84px", number: true, cell: (run) => count(run.rejected) },
    { key: "time", title: "Time", width: "96px", number: true, cell: (run) => duration(run.seconds) },
    {
      key: "actions",
      title: <span className="spoken">Actions</span>,
      width: "168px",
      cell: (run) => {
        const over = isOver(run.status);
        const which = `of ${run.project_name}, ${moment(run.started_at)}`;
        return (
          <Group gap="xs" justify="flex-end" wrap="nowrap">
            {canResume(run.status) && !run.dry_run && (
              <Button size="compact-xs" variant="default" loading={busy === run.run} onClick={() => void resume(run.run)} aria-label={`Resume the run ${which}`} data-testid="history-resume">Resume</Button>
            )}
            <Button
              size="compact-xs"
              variant="light"
              onClick={() => go(over ? { screen: "report", run: run.run } : { screen: "run", run: run.run })}
              aria-label={`${over ? "Report" : "Follow the run"} ${which}`}
              data-testid="history-open"
            >
              {over ? "Report" : "Follow"}
            </Button>
          </Group>
        );
      },
    },
  ];

  const { projects, present } = choicesOf(runs);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <h1 className={css.heading}>History</h1>
        <Group gap="sm">
          <Select
            w={264}
            aria-label="Project"
            placeholder="All projects"
            clearable
            data={projects}
            value={selection.project}
            onChange={(project) => setSelection({ ...selection, project })}
            data-testid="history-project"
          />
          <Select
            aria-label="Outcome"
            placeholder="All outcomes"
            clearable
            data={present.map((value) => ({ value, label: outcomes[value].text }))}
            value={selection.outcome}
            onChange={(outcome) => setSelection({ ...selection, outcome: outcome })}
            data-testid="history-outcome"
          />
        </Group>
      </Group>
      <Rows
        label="Runs"
        rows={shown}
        columns={columns}
        rowKey={(run) => run.run}
        maxHeight="70vh"
        empty="No run is of this kind. Clear a filter to see the others."
        testId="history"
      />
    </Stack>
  );
}
