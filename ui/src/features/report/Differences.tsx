/** The rows that differ between what was expected and what the target holds. */
import { Button } from "@mantine/core";
import { useState } from "react";
import type { CellDifference, DifferenceKind, RowDifference } from "../../bindings";
import { count } from "../../app/format";
import css from "./report.module.css";

const kinds: Record<DifferenceKind, string> = {
  missing: "missing in the target",
  unexpected: "not expected",
  changed: "changed",
};

/** Rows drawn at once. */
const PAGE = 50;

interface DifferencesProps {
  differences: readonly RowDifference[];
  /** How many rows differ in all; the list may hold fewer. */
  total: number;
}

export function Differences({ differences, total }: DifferencesProps) {
  const [limit, setLimit] = useState(PAGE);
  const left = Math.min(differences.length, Math.max(0, differences.length - limit));
  return (
    <section aria-label="Rows that differ" data-testid="differences">
      <h3 className={css.small}>
        {total === 1 ? "1 row differs" : `${count(total)} rows differ`}
        {differences.length < total && `; the first ${count(differences.length)} are listed`}
      </h3>
      <table className="data-table">
        <thead>
          <tr><th>Row</th><th>How</th><th>Column</th><th>Expected</th><th>In the target</th></tr>
        </thead>
        <tbody>
          {differences.slice(0, limit).map((row, index) => <RowCells key={`${row.key} ${index}`} row={row} />)}
        </tbody>
      </table>
      {left > 0 && (
        <Button variant="subtle" onClick={() => setLimit(limit + 10 * PAGE)}>Show more ({count(left)} left)</Button>
      )}
    </section>
  );
}

function RowCells({ row }: { row: RowDifference }) {
  const cells = row.cells.length > 0 ? row.cells : [null];
  return cells.map((cell, index) => (
    <tr key={cell?.column ?? ""} data-testid="difference">
      {index === 0 && (
        <>
          <th scope="rowgroup" rowSpan={cells.length} className={css.column}><bdi>{row.key}</bdi></th>
          <td rowSpan={cells.length}>{kinds[row.kind]}</td>
        </>
      )}
      <td><bdi>{cell?.column}</bdi>{cell?.rule != null && <div className="dim">{cell.rule}</div>}</td>
      <td className={css.value}>{row.kind !== "unexpected" && <Side cell={cell} side="expected" />}</td>
      <td className={css.value}>{row.kind !== "missing" && <Side cell={cell} side="actual" />}</td>
    </tr>
  ));
}

/** A value as text, with its bytes below: two values that look alike may differ there. */
function Side({ cell, side }: { cell: CellDifference | null; side: "expected" | "actual" }) {
  if (cell === null) return null;
  const text = cell[side];
  const bytes = side === "expected" ? cell.expected_bytes : cell.actual_bytes;
  return (
    <>
      {text == null ? <span className="dim">NULL</span> : <bdi>{text}</bdi>}
      {bytes != null && bytes !== "" && <div className="dim"><code>{bytes}</code></div>}
    </>
  );
}
