/** A run table by table. */
import { Anchor, Progress } from "@mantine/core";
import type { TableName, TableProgress, TableState } from "../../bindings";
import { bytes, count, counted, duration, rate } from "../../app/format";
import { IconCheck, IconProblem } from "../../app/icons";
import { Name, nameOf } from "../../app/Name";
import { Rows, type RowColumn } from "../../app/Rows";
import { share } from "./progress";
import css from "./run.module.css";

const states: Record<TableState, string> = { waiting: "waiting", loading: "loading", loaded: "loaded", failed: "failed" };

interface TableListProps {
  tables: readonly TableProgress[];
  dryRun: boolean;
  onRejects: (table: TableName) => void;
}

/** Seconds that are left for this table at its own mean rate, from two seconds on. */
function left(table: TableProgress): string {
  if (table.state !== "loading" || table.expected == null || table.seconds < 2 || table.read === 0) return "–";
  return duration((Math.max(0, table.expected - table.read) / table.read) * table.seconds);
}

export function TableList({ tables, dryRun, onRejects }: TableListProps) {
  const columns: RowColumn<TableProgress>[] = [
    { key: "table", title: "Target table", width: "minmax(150px, 2fr)", cell: (table) => <Name table={table.target} /> },
    {
      key: "bar",
      title: "Progress",
      width: "minmax(130px, 1.2fr)",
      cell: (table) => {
        const part = share(table);
        return (
          <span className={css.bar} data-state={table.state}>
            {table.state === "loaded" ? <IconCheck size={14} /> : table.state === "failed" ? <IconProblem size={14} /> : null}
            {table.state !== "waiting" && (
              <Progress
                value={(part ?? (table.state === "loading" ? 1 : 0)) * 100}
                animated={part === null && table.state === "loading"}
                flex={1}
                size="sm"
                radius={2}
                aria-label={`Progress of ${nameOf(table.target)}`}
              />
            )}
            {table.state !== "loading" && states[table.state]}
          </span>
        );
      },
    },
    { key: "read", title: "Read", width: "minmax(84px, 1fr)", number: true, cell: (table) => count(table.read) },
    { key: "written", title: dryRun ? "Would write" : "Written", width: "minmax(92px, 1fr)", number: true, cell: (table) => count(table.written) },
    {
      key: "rejected",
      title: "Rejected",
      width: "minmax(76px, 1fr)",
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
    { key: "bytes", title: "Size", width: "minmax(72px, 1fr)", number: true, cell: (table) => bytes(table.bytes) },
    { key: "rate", title: "Rate", width: "minmax(104px, 1fr)", number: true, cell: (table) => rate(table.read, table.seconds) },
    { key: "time", title: "Time", width: "minmax(72px, 1fr)", number: true, cell: (table) => (table.seconds > 0 ? duration(table.seconds) : "–") },
    { key: "left", title: "Left", width: "minmax(72px, 1fr)", number: true, cell: left },
  ];
  return (
    <Rows
      label="Tables of the run"
      rows={tables}
      columns={columns}
      rowKey={(table) => nameOf(table.target)}
      maxHeight="420px"
      empty="The tables are being prepared."
      testId="run-tables"
    />
  );
}
