/** Expected and actual figures, table by table and column by column. */
import { Button, Group, Select } from "@mantine/core";
import { useState } from "react";
import type { ColumnVerification, Report, TableVerification, Verification, VerifyLevel } from "../../bindings";
import { showError } from "../../app/errors";
import { count, duration } from "../../app/format";
import { IconCheck, IconChevron, IconProblem } from "../../app/icons";
import { Name, nameOf } from "../../app/Name";
import { forget } from "../../app/query";
import { Rows, type RowColumn } from "../../app/Rows";
import { host } from "../../host";
import { levels } from "../check/RunOptions";
import { Differences } from "./Differences";
import { isEqual, judge, judgeAll, worstFirst } from "./verification";
import css from "./report.module.css";

export function VerifyAgain({ report }: { report: Report }) {
  const [level, setLevel] = useState<VerifyLevel>(report.verification?.level ?? "aggregates");
  const [busy, setBusy] = useState(false);
  const verify = async () => {
    setBusy(true);
    try {
      await host.call("verify_run", { run: report.run, level });
      forget("report", "report_pictures", "runs", "recent_projects");
    } catch (error) {
      showError(error, "Verifying the run");
    }
    setBusy(false);
  };
  return (
    <Group gap="sm">
      <Select
        aria-label="How far to verify"
        w={288}
        data={levels}
        value={level}
        onChange={(value) => value !== null && setLevel(value)}
        data-testid="verify-level"
      />
      <Button variant="default" loading={busy} onClick={() => void verify()} data-testid="verify-again">
        {report.verification ? "Verify again" : "Verify"}
      </Button>
    </Group>
  );
}

export function VerificationView({ verification }: { verification: Verification }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set(verification.tables.filter((table) => !judge(table).equal).map((table) => nameOf(table.target))),
  );
  const toggle = (key: string) => {
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
  };
  const all = judgeAll(verification);
  const columns: RowColumn<TableVerification>[] = [
    {
      key: "table",
      title: "Target table",
      width: "minmax(180px, 2fr)",
      cell: (table) => {
        const key = nameOf(table.target);
        return (
          <button type="button" className={css.fold} aria-expanded={open.has(key)} onClick={() => toggle(key)} data-testid="verify-table">
            <IconChevron size={12} className={css.chevron} />
            <Name table={table.target} />
          </button>
        );
      },
    },
    { key: "source", title: "Source rows", width: "minmax(96px, 1fr)", number: true, cell: (table) => count(table.source_rows) },
    { key: "expected", title: "Expected", width: "minmax(96px, 1fr)", number: true, cell: (table) => count(table.expected_rows) },
    { key: "actual", title: "In the target", width: "minmax(96px, 1fr)", number: true, cell: (table) => count(table.target_rows) },
    {
      key: "judgement",
      title: "Result",
      width: "minmax(160px, 2fr)",
      cell: (table) => {
        const { equal, text } = judge(table);
        return (
          <span className={css.judgement} data-equal={equal}>
            {equal ? <IconCheck size={14} /> : <IconProblem size={14} />} {text}
          </span>
        );
      },
    },
  ];
  return (
    <>
      <p className={css.lead} data-testid="verification" data-equal={all.equal}>
        <span className={css.judgement} data-equal={all.equal}>{all.equal ? <IconCheck size={14} /> : <IconProblem size={14} />} {all.text}</span>
        {" · "}{levels.find((each) => each.value === verification.level)?.label}{" · "}{duration(verification.seconds)}
      </p>
      <Rows
        label="Verification"
        rows={verification.tables}
        columns={columns}
        rowKey={(table) => nameOf(table.target)}
        below={(table) => (open.has(nameOf(table.target)) ? <Detail table={table} /> : null)}
        empty="No table was verified."
        testId="verification-tables"
      />
    </>
  );
}

function Detail({ table }: { table: TableVerification }) {
  const orphans = table.orphans.filter((each) => each.rows > 0);
  return (
    <div className={css.detail} data-testid="verify-detail">
      {table.columns.length > 0 && (
        <table className="data-table">
          <thead>
            <tr><th>Column</th><th>Figure</th><th className="number">Expected</th><th className="number">Actual</th><th>Result</th></tr>
          </thead>
          <tbody>{worstFirst(table.columns).map((column) => <Measures key={column.column} column={column} />)}</tbody>
        </table>
      )}
      {(table.differences?.length ?? 0) > 0 && (
        <Differences differences={table.differences ?? []} total={table.different_rows ?? table.differences?.length ?? 0} />
      )}
      {orphans.map((each) => (
        <p key={each.foreign_key} className={css.judgement} data-equal={each.kept ?? false}>
          <IconProblem size={14} /> {count(each.rows)} rows of <bdi>{each.foreign_key}</bdi> point at nothing{each.kept && ", and are kept by choice"}
        </p>
      ))}
      {table.row_checksum && (
        <p className={css.judgement} data-equal={isEqual(table.row_checksum)}>
          Checksum of whole rows: {isEqual(table.row_checksum) ? "equal" : "different"}
        </p>
      )}
      {table.normalised.map((each) => <p key={each} className={css.small}>Brought to one form first: <bdi>{each}</bdi></p>)}
      {table.not_compared.map((each) => <p key={each} className={css.small}>Not compared: {each}</p>)}
      {table.columns.length === 0 && table.not_compared.length === 0 && orphans.length === 0 && <p className={css.small}>Only rows were counted.</p>}
    </div>
  );
}

function Measures({ column }: { column: ColumnVerification }) {
  return column.measures.map((measure, index) => {
    const equal = isEqual(measure);
    return (
      <tr key={measure.name} data-equal={equal}>
        {index === 0 && <th scope="rowgroup" rowSpan={column.measures.length} className={css.column}><bdi>{column.column}</bdi></th>}
        <td>{measure.name}{measure.estimated && <span className="dim"> (estimated)</span>}</td>
        <td className={css.value}><Figure text={measure.expected} /></td>
        <td className={css.value}><Figure text={measure.actual} /></td>
        <td>
          <span className={css.judgement} data-equal={equal}>
            {equal ? <IconCheck size={14} /> : <IconProblem size={14} />} {equal ? "equal" : "differs"}
          </span>
        </td>
      </tr>
    );
  });
}

/** Whole numbers get their thousands; anything else is shown as it is. */
function Figure({ text }: { text?: string | null }) {
  if (text == null) return <span className="dim">none</span>;
  return <bdi>{/^\d{4,15}$/.test(text) ? count(Number(text)) : text}</bdi>;
}
