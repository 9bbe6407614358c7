/** What a run did, and the proof of it. */
import { Button, Loader, Stack } from "@mantine/core";
import { useState } from "react";
import type { Report as ReportOf, Side, TableName } from "../../bindings";
import { Empty } from "../../app/Empty";
import { EnvironmentLabel } from "../../app/Environment";
import { bytes, count, counted, duration, moment, sentence } from "../../app/format";
import { IconArrow, IconCheck } from "../../app/icons";
import { go } from "../../app/navigation";
import { lookOf } from "../../app/Outcome";
import { Problem } from "../../app/Problem";
import { useCall } from "../../app/query";
import { useProject } from "../../document";
import { Findings } from "../check/Findings";
import { Statements } from "../check/Statements";
import { useShownRun } from "../run/latest";
import { Log } from "../run/Log";
import { isOver } from "../run/progress";
import { RejectsDrawer } from "../run/RejectsDrawer";
import { Pictures } from "./Pictures";
import { ReportTables } from "./ReportTables";
import { SaveReport } from "./SaveReport";
import { VerificationView, VerifyAgain } from "./VerificationView";
import css from "./report.module.css";

export default function Report() {
  const shown = useShownRun((run) => isOver(run.status));
  const report = useCall("report", { run: shown.run ?? "" }, { enabled: shown.run !== undefined, staleTime: 0 });
  const open = useProject((state) => state.project !== null);
  const error = shown.error ?? report.error;
  return (
    <div className="page">
      {error ? (
        <Problem error={error} doing="Reading the report" testId="report-problem" />
      ) : shown.run === undefined && !shown.pending ? (
        <div className="card">
          <Empty
            title="No report yet"
            action={open && <Button onClick={() => go({ screen: "check" })}>Go to the plan</Button>}
          >
            Every run and every dry run leaves a report here.
          </Empty>
        </div>
      ) : report.data === undefined ? (
        <Loader size="sm" aria-label="Loading" />
      ) : (
        <ReportView report={report.data} />
      )}
    </div>
  );
}

function ReportView({ report }: { report: ReportOf }) {
  const [rejects, setRejects] = useState<TableName | null>(null);
  const { tone, text, icon: Icon } = lookOf(report.outcome, report.status);
  const sum = report.tables.reduce(
    (all, table) => ({
      read: all.read + table.read,
      written: all.written + table.written,
      rejected: all.rejected + table.rejected,
      filtered: all.filtered + table.filtered,
      bytes: all.bytes + table.bytes,
    }),
    { read: 0, written: 0, rejected: 0, filtered: 0, bytes: 0 },
  );
  return (
    <Stack gap="lg">
      <section className={css.banner} data-tone={tone} data-outcome={report.outcome} aria-label="Outcome" data-testid="report-outcome">
        <Icon size={24} />
        <div>
          <h1>{text}</h1>
          <p data-testid="report-summary">{report.summary}</p>
        </div>
        <SaveReport run={report.run} project={report.project} />
      </section>

      {report.error && (
        <Problem error={report.error} testId="report-failure">
          <Button variant="default" onClick={() => go({ screen: "run", run: report.run })}>Go to the run</Button>
        </Problem>
      )}

      <section aria-label="Facts" className={css.facts}>
        <div className={css.sides}>
          <SideView title="Source" side={report.source} />
          <IconArrow aria-label="to" role="img" />
          <SideView title="Target" side={report.target} />
        </div>
        <dl className={css.figures}>
          <Fact name="Read" value={count(sum.read)} testId="report-read" />
          <Fact name={report.dry_run ? "Would be written" : "Written"} value={count(sum.written)} testId="report-written" />
          <Fact name="Rejected" value={count(sum.rejected)} testId="report-rejected" />
          <Fact name="Left out by filters" value={count(sum.filtered)} testId="report-filtered" />
          <Fact name="Size" value={bytes(sum.bytes)} testId="report-bytes" />
          <Fact name="Time" value={duration(report.seconds)} testId="report-time" />
        </dl>
        <p className={css.small}>
          {report.dry_run ? "Dry run" : "Run"} of <bdi>{report.project}</bdi> (version {count(report.project_version)}) by{" "}
          <bdi>{report.operator}</bdi> with Rowferry {report.rowferry_version}, {moment(report.started_at)}
          {report.finished_at != null && <> to {moment(report.finished_at)}</>}. {sentence(report.consistency)}
          <br />
          Run <span className="mono">{report.run}</span>
        </p>
      </section>

      <section aria-labelledby="report-pictures">
        <h2 id="report-pictures" className={css.heading2}>At a glance</h2>
        <Pictures run={report.run} />
      </section>

      <section aria-labelledby="report-tables">
        <h2 id="report-tables" className={css.heading2}>Tables</h2>
        <ReportTables tables={report.tables} dryRun={report.dry_run} onRejects={setRejects} />
      </section>

      <section aria-labelledby="report-verification">
        <div className={css.between}>
          <h2 id="report-verification" className={css.heading2}>Verification</h2>
          {!report.dry_run && (report.status === "completed" || report.verification) && <VerifyAgain report={report} />}
        </div>
        {report.verification ? (
          <VerificationView verification={report.verification} />
        ) : (
          <p className={css.lead}>{report.dry_run ? "A dry run writes nothing, so there is nothing to verify." : "Nothing was verified."}</p>
        )}
      </section>

      <section aria-labelledby="report-approvals">
        <h2 id="report-approvals" className={css.heading2}>Approvals</h2>
        {report.approvals.length === 0 ? (
          <p className={css.lead}>Nothing had to be approved.</p>
        ) : (
          <ul className={css.approvals} data-testid="approvals">
            {report.approvals.map((approval) => (
              <li key={approval.what}>
                <IconCheck size={14} />{" "}
                <span className="wrap">
                  {approval.what} <span className="dim">by <bdi>{approval.by}</bdi>{approval.at !== "" && <>, {moment(approval.at)}</>}</span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>

      {report.findings.length > 0 && (
        <section aria-labelledby="report-findings">
          <h2 id="report-findings" className={css.heading2}>Findings at the start <span className="dim">{counted(report.findings.length, "finding")}</span></h2>
          <Findings findings={report.findings} readOnly />
        </section>
      )}

      <section aria-labelledby="report-statements">
        <h2 id="report-statements" className={css.heading2}>Statements</h2>
        <Statements statements={report.statements} />
      </section>

      <section aria-labelledby="report-log">
        <h2 id="report-log" className={css.heading2}>Log</h2>
        <Log lines={report.log} />
      </section>

      <RejectsDrawer run={report.run} table={rejects} onClose={() => setRejects(null)} />
    </Stack>
  );
}

function SideView({ title, side }: { title: string; side: Side }) {
  return (
    <div className={css.side}>
      <div><span className="dim">{title}</span> <strong><bdi>{side.connection}</bdi></strong> <EnvironmentLabel environment={side.environment} /></div>
      <div>{side.product}</div>
      <div className="mono wrap dim"><bdi>{side.url}</bdi></div>
    </div>
  );
}

function Fact({ name, value, testId }: { name: string; value: string; testId: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={testId}>{value}</dd>
    </div>
  );
}
