/** The run's tables with their figures, and why rows were rejected. */
import { Anchor } from "@mantine/core";
import type { ChangeKind, TableName, TableReport } from "../../bindings";
import { bytes, count, counted, duration } from "../../app/format";
import { Name, nameOf } from "../../app/Name";
import { Rows, type RowColumn } from "../../app/Rows";
import css from "./report.module.css";

interface ReportTablesProps {
  tables: TableReport[];
  dryRun: boolean;
  onRejects: (table: TableName) => void;
}

export function ReportTables({ tables, dryRun, onRejects }: ReportTablesProps) {
  const number = (key: "read" | "written" | "filtered", title: string): RowColumn<TableReport> => ({
    key,
    title,
    width: "minmax(84px, 1fr)",
    number: true,
    cell: (table) => count(table[key]),
  });
  const columns: RowColumn<TableReport>[] = [
    { key: "target", title: "Target table", width: "minmax(150px, 2fr)", cell: (table) => <Name table={table.target} /> },
    { key: "source", title: "Source table", width: "minmax(150px, 2fr)", cell: (table) => <Name table={table.source} /> },
    number("read", "Read"),
    number("written", dryRun ? "Would write" : "Written"),
    {
      key: "rejected",
      title: "Rejected",
      width: "minmax(84px, 1fr)",
      number: true,
      cell: (table) =>
        table.rejected === 0 ? "0" : (
          <Anchor
            component="button"
            type="button"
            className={css.rejected}
            onClick={() => onRejects(table.target)}
            aria-label={`${counted(table.rejected, "rejected row")} of ${nameOf(table.target)}`}
            data-testid="show-rejects"
          >
            {count(table.rejected)}
          </Anchor>
        ),
    },
    number("filtered", "Left out"),
    { key: "bytes", title: "Size", width: "minmax(76px, 1fr)", number: true, cell: (table) => bytes(table.bytes) },
    { key: "time", title: "Time", width: "minmax(76px, 1fr)", number: true, cell: (table) => duration(table.seconds) },
  ];
  if (tables.some((table) => table.sequences.length > 0)) {
    columns.push({
      key: "next",
      title: "Next number",
      width: "minmax(116px, 1fr)",
      number: true,
      cell: (table) => table.sequences.map((each) => count(each.next)).join(", "),
    });
  }
  return (
    <Rows
      label="Tables of the report"
      rows={tables}
      columns={columns}
      rowKey={(table) => nameOf(table.target)}
      below={(table) => (table.reject_reasons.length > 0 || (table.changes?.length ?? 0) > 0 ? <More table={table} /> : null)}
      empty="No table was carried."
      testId="report-tables"
    />
  );
}

const changed: Record<ChangeKind, string> = {
  read: "read as the project says, not as stored",
  misfit: "did not fit; what the project says stands in",
  stripped: "without the NUL characters that they held",
};

function More({ table }: { table: TableReport }) {
  return (
    <ul className={css.more}>
      {table.reject_reasons.map((each) => (
        <li key={each.reason} className={css.reason}>{counted(each.rows, "row")}: <span className="wrap">{each.reason}</span></li>
      ))}
      {table.changes?.map((each) => (
        <li key={`${each.column} ${each.kind}`} className={css.reason} data-testid="changed">
          {counted(each.values, "value")} of <bdi>{each.column}</bdi>: {changed[each.kind]}
        </li>
      ))}
    </ul>
  );
}
