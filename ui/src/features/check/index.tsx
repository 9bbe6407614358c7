/** The plan: what a run would do and what is wrong with it, before anything is written. */
import { Button, Group, Loader, Stack, Switch } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Plan, WireError } from "../../bindings";
import { Empty } from "../../app/Empty";
import { EnvironmentLabel } from "../../app/Environment";
import { showError, toWireError } from "../../app/errors";
import { bytes, count, sentence } from "../../app/format";
import { IconPlay, IconRefresh, IconStop } from "../../app/icons";
import { go } from "../../app/navigation";
import { Problem } from "../../app/Problem";
import { forget } from "../../app/query";
import { useProject } from "../../document";
import { host } from "../../host";
import { Confirmations } from "./Confirmations";
import { Findings } from "./Findings";
import { confirmations, hindrance } from "./findings";
import { LoadOrder } from "./LoadOrder";
import { Statements } from "./Statements";
import { usePlan } from "./usePlan";
import { RunOptions } from "./RunOptions";
import css from "./check.module.css";

export default function Check() {
  const [withData, setWithData] = useState(false);
  const { data: plan, error, isChecking, refetch, cancel } = usePlan(withData);
  // Back to the plan as the schemas alone make it.
  const stopReading = () => {
    setWithData(false);
    cancel().catch((thrown: unknown) => showError(thrown, "Cancelling the reading"));
  };
  return (
    <>
      <div className="page">
        <Stack gap="lg">
          <Group justify="space-between">
            <h1 className={css.heading}>The plan</h1>
            <Group gap="sm">
              {isChecking && plan && <Loader size="xs" aria-label={withData ? "Reading the data" : "Checking"} />}
              <Switch
                label="Read the data too"
                description="Finds what a run would reject, row by row"
                checked={withData}
                onChange={(event) => setWithData(event.currentTarget.checked)}
                data-testid="with-data"
              />
              {isChecking && withData && (
                <Button variant="default" leftSection={<IconStop size={14} />} onClick={stopReading} data-testid="cancel-reading">Cancel</Button>
              )}
              <Button variant="default" leftSection={<IconRefresh />} onClick={() => void refetch()} data-testid="check-again">Check again</Button>
            </Group>
          </Group>
          {error && (
            <Problem error={error} doing="Checking the plan" testId="check-problem">
              <Button variant="default" onClick={() => void refetch()}>Try again</Button>
              {["secret-needed", "authentication", "unreachable", "not-found", "wrong-format", "invalid-url"].includes(error.kind) && (
                <Button variant="default" onClick={() => go({ screen: "connections" })}>Go to the connections</Button>
              )}
            </Problem>
          )}
          {!error && !plan && (
            <div className="card">
              <Empty title="Looking at both databases"><Loader size="sm" aria-label="Checking" /></Empty>
            </div>
          )}
          {!error && plan && <PlanView plan={plan} />}
        </Stack>
      </div>
      {!error && plan && <StartBar key={asks(plan)} plan={plan} checking={isChecking} />}
    </>
  );
}

function PlanView({ plan }: { plan: Plan }) {
  const created = plan.steps.filter((step) => step.creates).length;
  const changes = plan.findings.filter((each) => each.severity === "blocks").length;
  return (
    <>
      <dl className={css.figures} data-testid="plan-figures">
        <Figure name="Tables" value={count(plan.steps.length)} more={created > 0 ? `${count(created)} new` : undefined} />
        <Figure name="Columns" value={count(plan.steps.reduce((sum, step) => sum + step.columns.length, 0))} />
        <Figure name="Rows, estimated" value={plan.rows == null ? "not known" : count(plan.rows)} />
        <Figure name="Size, estimated" value={plan.bytes == null ? "not known" : bytes(plan.bytes)} />
        <Figure name="Blocking" value={count(changes)} tone={changes > 0 ? "problem" : undefined} />
      </dl>
      <Findings findings={plan.findings} />
      <section aria-labelledby="order">
        <h2 id="order" className={css.heading2}>Load order</h2>
        {plan.consistency !== "" && <p className={css.lead} data-testid="consistency">{sentence(`consistent view of the source: ${plan.consistency}`)}</p>}
        <LoadOrder plan={plan} />
      </section>
      <section aria-labelledby="statements">
        <h2 id="statements" className={css.heading2}>Statements</h2>
        <Statements statements={plan.statements} />
      </section>
      <RunOptions />
    </>
  );
}

interface FigureProps {
  name: string;
  value: string;
  more?: string;
  tone?: "problem";
}

function Figure({ name, value, more, tone }: FigureProps) {
  return (
    <div data-tone={tone}>
      <dt>{name}</dt>
      <dd>{value}{more && <small> {more}</small>}</dd>
    </div>
  );
}

/** Changes with the plan and with what it asks to confirm. */
function asks(plan: Plan): string {
  return [plan.fingerprint, ...confirmations(plan).map((each) => `${each.text} ${each.sql ?? ""}`)].join("\n");
}

/** What is confirmed holds for this plan only: with another key it starts anew. */
function StartBar({ plan, checking }: { plan: Plan; checking: boolean }) {
  const project = useProject((state) => state.project);
  const target = useProject((state) => state.document?.connections[state.document.target]);
  const [confirmed, setConfirmed] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState<"dry" | "run" | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  const asked = useMemo(() => confirmations(plan), [plan]);
  const dryHindrance = hindrance(plan, confirmed, true);
  const runHindrance = hindrance(plan, confirmed, false);

  const start = async (dryRun: boolean) => {
    if (!project) return;
    setBusy(dryRun ? "dry" : "run");
    setError(null);
    try {
      await useProject.getState().save();
      const { run } = await host.call("start_run", {
        project: project.id,
        dry_run: dryRun,
        confirmed: !dryRun && asked.length > 0 ? plan.fingerprint : null,
      });
      forget("runs", "live_runs");
      go({ screen: "run", run });
    } catch (thrown) {
      setError(toWireError(thrown));
      setBusy(null);
    }
  };

  return (
    <div className={css.bar} role="region" aria-label="Start">
      {error && <Problem error={error} doing="Starting the run" onDismiss={() => setError(null)} testId="start-problem" />}
      {asked.length > 0 && dryHindrance === null && (
        <Confirmations asked={asked} confirmed={confirmed} onChange={setConfirmed} />
      )}
      <Group justify="flex-end" gap="md">
        {target && <EnvironmentLabel environment={target.environment} />}
        <span className={css.reason} role="status" data-testid="run-hindrance">
          {runHindrance ?? (checking ? "Checking…" : "Ready.")}
        </span>
        <Button
          variant="default"
          disabled={dryHindrance !== null || checking}
          loading={busy === "dry"}
          onClick={() => void start(true)}
          data-testid="dry-run"
        >
          Dry run
        </Button>
        <Button
          leftSection={<IconPlay size={14} />}
          disabled={runHindrance !== null || checking}
          loading={busy === "run"}
          onClick={() => void start(false)}
          data-testid="start-run"
        >
          Run
        </Button>
      </Group>
    </div>
  );
}
