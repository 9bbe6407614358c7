/** The differences of two documents: a sign, the place, and what it was and is. */
import type { ReactNode } from "react";
import { counted } from "../../app/format";
import { Rows, type RowColumn } from "../../app/Rows";
import { type Change, type Count, countChanges, type Sign } from "../../document";
import css from "./project.module.css";

const says: Record<Sign, string> = { "+": "added", "~": "changed", "−": "removed" };

const parts: Record<Change["part"], string> = {
  name: "Project",
  connections: "Connections",
  options: "Options",
  tables: "Tables",
};

interface Line extends Change {
  id: string;
}

const columns: RowColumn<Line>[] = [
  {
    key: "sign",
    title: <span className="spoken">Kind</span>,
    width: "32px",
    cell: ({ sign }) => (
      <span className={css.sign} data-sign={sign}>
        <span aria-hidden="true">{sign}</span>
        <span className="spoken">{says[sign]}</span>
      </span>
    ),
  },
  {
    key: "place",
    title: "Where",
    width: "minmax(160px, 2fr)",
    cell: ({ part, table, column }) =>
      table ? (
        <bdi className="wrap">{column === undefined ? table.table : `${table.table}.${column}`}</bdi>
      ) : (
        <span className="dim">{parts[part]}</span>
      ),
  },
  {
    key: "what",
    title: "What",
    width: "minmax(200px, 3fr)",
    cell: ({ what, before, after }) => (
      <>
        <bdi className="wrap">{what}</bdi>
        {before !== undefined && (
          <span className={css.change}>
            <del className="wrap"><bdi>{before}</bdi></del>
            <span className="spoken"> became </span>
            <ins className="wrap"><bdi>{after}</bdi></ins>
          </span>
        )}
      </>
    ),
  },
];

interface DiffViewProps {
  changes: readonly Change[];
  label: string;
  /** Instead of "No difference". */
  none?: ReactNode;
  maxHeight?: string;
}

export function DiffView({ changes, label, none = "No difference.", maxHeight = "48vh" }: DiffViewProps) {
  const lines = changes.map((change, index) => ({ ...change, id: String(index) }));
  return (
    <div data-testid="diff">
      <p className={css.figures} data-testid="diff-count">
        {changes.length === 0 ? <span className="dim">{none}</span> : <Figures count={countChanges(changes)} />}
      </p>
      {changes.length > 0 && (
        <Rows label={label} rows={lines} columns={columns} rowKey={(line) => line.id} maxHeight={maxHeight} testId="diff-rows" />
      )}
    </div>
  );
}

/** "+ 3 added, ~ 1 changed". */
export function Figures({ count: { added, changed, removed } }: { count: Count }) {
  const all: [Sign, number][] = [["+", added], ["~", changed], ["−", removed]];
  const some = all.filter(([, number]) => number > 0);
  if (some.length === 0) return <span className="dim">no change</span>;
  return (
    <span className={css.counts}>
      {some.map(([sign, number]) => (
        <span key={sign} className={css.sign} data-sign={sign} title={counted(number, `change ${says[sign]}`, `${says[sign]}`)}>
          <span aria-hidden="true">{sign} {number}</span>
          <span className="spoken">{number} {says[sign]}</span>
        </span>
      ))}
    </span>
  );
}
