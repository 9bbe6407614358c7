/** A preview as rows on the screen: each source row with what became of it. */
import type { Preview } from "../../../bindings";

export type Outcome =
  | { kind: "carried"; cells: readonly (string | null)[] }
  | { kind: "rejected"; reason: string }
  | { kind: "filtered" };

export interface PreviewRow {
  before: readonly (string | null)[];
  outcome: Outcome;
}

export function previewRows({ before, after, rejects, filtered, rows }: Preview): PreviewRow[] {
  const carried = new Map(rows.map((position, index) => [position, after.rows[index] ?? []]));
  const rejected = new Map<number, string>();
  for (const { row, column, reason } of rejects) {
    const text = column == null ? reason : `${column}: ${reason}`;
    const known = rejected.get(row);
    rejected.set(row, known === undefined ? text : `${known}; ${text}`);
  }
  const left = new Set(filtered);
  return before.rows.map((cells, position) => {
    const reason = rejected.get(position);
    if (reason !== undefined) return { before: cells, outcome: { kind: "rejected", reason } };
    const arrived = carried.get(position);
    if (left.has(position) || arrived === undefined) return { before: cells, outcome: { kind: "filtered" } };
    return { before: cells, outcome: { kind: "carried", cells: arrived } };
  });
}

/** Positions of the columns to show: those asked for, or all. */
export function pick(columns: readonly string[], wanted: ReadonlySet<string> | null): number[] {
  return columns.flatMap((name, index) => (wanted === null || wanted.has(name) ? [index] : []));
}
