/**
 * What is done to several rows of the grid at once: each is one edit, and so one step of the history.
 *
 * An action takes the rows that it fits and leaves the others as they are; how many that were is said.
 */
import {
  approveLoss,
  confirmSuggestion,
  type Edit,
  rejectSuggestion,
  setConstant,
  setExpression,
  skipColumn,
  together,
  unlinkColumn,
} from "../../../document";
import { tableKey } from "../../../document";
import { added, chainOf, type Step, stepName, textOf } from "../chain/chain";
import { valueOf } from "../combine/texts";
import type { MappingIndex } from "../model/mapping";
import { constantFor } from "../model/types";
import type { GridRow } from "./rows";

export interface Bulk {
  edit: Edit;
  /** Rows that it fits. */
  rows: number;
}

type Making = (row: GridRow, index: MappingIndex) => Edit | null;

function bulk(label: (rows: number) => string, rows: readonly GridRow[], index: MappingIndex, make: Making): Bulk | null {
  const edits = rows.flatMap((row) => make(row, index) ?? []);
  return edits.length === 0 ? null : { edit: together(label(edits.length), edits), rows: edits.length };
}

const columns = (rows: number) => (rows === 1 ? "1 column" : `${rows} columns`);

export const acceptRows = (rows: readonly GridRow[], index: MappingIndex) =>
  bulk((n) => `Accept ${columns(n)}`, rows, index, ({ to, link }) => (link?.suggested ? confirmSuggestion(to, link.column) : null));

export const rejectRows = (rows: readonly GridRow[], index: MappingIndex) =>
  bulk((n) => `Reject ${columns(n)}`, rows, index, ({ to, link }) => (link?.suggested ? rejectSuggestion(to, link.column) : null));

export const unlinkRows = (rows: readonly GridRow[], index: MappingIndex) =>
  bulk((n) => `Unlink ${columns(n)}`, rows, index, ({ to, link }) => (link && !link.suggested ? unlinkColumn(to, link.column) : null));

/** What has no source, needs none, and is not computed. */
export const skipRows = (rows: readonly GridRow[], index: MappingIndex) =>
  bulk((n) => `Skip ${columns(n)}`, rows, index, ({ to, link, text }) => (!link && text.state === "unmapped" && index.targets.has(tableKey(to)) ? skipColumn(to, text.column) : null));

export const approveRows = (rows: readonly GridRow[], index: MappingIndex) =>
  bulk((n) => `Approve the loss in ${columns(n)}`, rows, index, ({ to, link }) =>
    link && !link.suggested && link.verdict?.verdict === "lossy" && !link.mapping.approve_loss ? approveLoss(to, link.column, true) : null,
  );

/** One more step behind what each link carries already. */
export const stepRows = (rows: readonly GridRow[], index: MappingIndex, step: Step) =>
  bulk((n) => `Apply ${stepName(step)} to ${columns(n)}`, rows, index, ({ to, link }) => {
    if (!link || link.problem || link.sources.length === 0) return null;
    const text = textOf(added(chainOf(valueOf(link.mapping)), step));
    return setExpression(link.from, to, link.column, text, link.sources);
  });

export const constantRows = (rows: readonly GridRow[], index: MappingIndex, value: string) =>
  bulk((n) => `Set a constant for ${columns(n)}`, rows, index, ({ to, link, text, logical }) => {
    const mapped = index.targets.get(tableKey(to));
    if (link || !mapped || text.state === "computed") return null;
    return setConstant(mapped.mapping.from, to, text.column, constantFor(value, logical));
  });
