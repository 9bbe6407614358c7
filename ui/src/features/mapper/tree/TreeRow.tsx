/** One row of a tree: a table or a column, with what it is and whether it is linked. */
import { memo } from "react";

import { IconChevron } from "../../../app/icons";
import { IconForeign, IconFunction, IconKey, IconSkip, IconSpark, IconTable, IconView } from "../icons";
import { type Link, linkText, worst } from "../model/mapping";
import type { Side } from "../model/names";
import { nodeTestId } from "../model/names";
import { DERIVED, type Row, type TreeColumn } from "../model/tree";
import { count, shortCount } from "../model/types";
import { visible } from "../chain/pairs";
import { Risk, riskOf } from "../Risk";
import type { Sample } from "./samples";
import css from "./Tree.module.css";

/** What a row shows of the mapping. */
export interface RowState {
  links: readonly Link[];
  /** Target columns of a table that are linked, of how many; absent on a column. */
  filled?: { linked: number; of: number };
  mapped: boolean;
  skipped: boolean;
  /** Needs a source and has none. */
  missing: boolean;
}

interface TreeRowProps {
  side: Side;
  row: Row;
  state: RowState;
  top: number;
  current: boolean;
  pending: boolean;
  drop: "yes" | "maybe" | "no" | null;
  /** A value of the column, where values are wanted. */
  sample: Sample | null;
  domId: string;
}

export const TreeRow = memo(function TreeRow({ side, row, state, top, current, pending, drop, sample, domId }: TreeRowProps) {
  const { table, column } = row;
  const node = column ? { side, table: table.name, column: column.name } : { side, table: table.name };
  return (
    <div
      id={domId}
      role="treeitem"
      aria-level={column ? 2 + row.depth : 1}
      aria-expanded={column ? undefined : row.expanded}
      aria-selected={current}
      aria-label={rowText(row, state)}
      className={css.row}
      style={{ transform: `translateY(${top}px)`, ...(row.depth > 0 && { paddingInlineStart: 28 + 14 * row.depth }) }}
      data-node={JSON.stringify(node)}
      data-testid={nodeTestId(node)}
      data-kind={column ? "column" : "table"}
      data-current={current || undefined}
      data-pending={pending || undefined}
      data-drop={drop ?? undefined}
      data-mapped={state.mapped || undefined}
      data-missing={state.missing || undefined}
      data-derived={column?.derived || undefined}
      data-gone={column?.gone || (!column && table.gone) || undefined}
    >
      {column ? <ColumnCells row={row} state={state} side={side} sample={sample} /> : <TableCells row={row} state={state} side={side} />}
    </div>
  );
});

interface CellsProps {
  row: Row;
  state: RowState;
  side: Side;
}

function TableCells({ row, state, side }: CellsProps) {
  const { table } = row;
  return (
    <>
      <span className={css.chevron} data-open={row.expanded || undefined} data-toggle="">
        <IconChevron size={12} />
      </span>
      <span className={css.kind}>{table.kind === "view" ? <IconView /> : <IconTable />}</span>
      <bdi className={css.tableName}>{table.label}</bdi>
      {table.creates && <span className={css.note}>will be created</span>}
      {table.gone && <span className={css.note} data-tone="problem">is gone</span>}
      <span className={css.space} />
      {side === "target" && state.filled && state.mapped && (
        <span className={css.filled} title={`${state.filled.linked} of ${state.filled.of} columns have a source`}>
          {state.filled.linked}/{state.filled.of}
        </span>
      )}
      {table.rows !== null && !table.creates && (
        <span className={css.rows} title={`about ${count(table.rows)} rows`}>
          {shortCount(table.rows)}
        </span>
      )}
      <Dot state={state} />
    </>
  );
}

function ColumnCells({ row, state, side, sample }: CellsProps & { sample: Sample | null }) {
  const column = row.column!;
  const atRisk = state.links.find((link) => {
    const risk = riskOf(link);
    return risk !== null && risk !== "exact" && risk !== "widening";
  });
  return (
    <>
      <span className={css.marks}>
        {column.primary ? (
          <span className={css.primary} title="Primary key"><IconKey /></span>
        ) : column.refersTo !== null ? (
          <span className={css.foreign} title={`Refers to ${column.refersTo}`}><IconForeign /></span>
        ) : null}
      </span>
      <bdi className={css.columnName} title={columnTitle(column)}>{row.label ?? column.name}</bdi>
      {column.required && <span className={css.required} title="Must have a value">*</span>}
      {column.added && <span className={css.note}>will be added</span>}
      {column.gone && <span className={css.note} data-tone="problem">is gone</span>}
      {sample ? (
        <span className={css.sample} data-testid={`sample-${row.table.name.table}.${column.name}`}>
          <bdi title={sample.value}>{visible(sample.value)}</bdi> {sample.nulls !== "" && <span className={css.nulls}>{sample.nulls}</span>}
        </span>
      ) : (
        <span className={css.space} />
      )}
      {state.skipped && <span className={css.mark} title="Left to its default"><IconSkip size={12} /></span>}
      {state.links.some((link) => link.mapping.expression != null) && (
        <span className={css.mark} title="Transformed"><IconFunction size={12} /></span>
      )}
      {column.generated !== null && <span className={css.note}>computed</span>}
      {side === "target" && atRisk && <Risk link={atRisk} />}
      <bdi className={css.type} title={column.nativeType}>{column.nativeType}</bdi>
      <Dot state={state} />
    </>
  );
}

/** What the pointer is told of a column whose row does not say it all. */
function columnTitle({ name, comment, derived }: TreeColumn): string | undefined {
  const parts = [comment, derived ? DERIVED : null].filter((part) => part !== null);
  return parts.length === 0 ? undefined : [name, ...parts].join("\n");
}

/** Linked or not, suggested or not: by shape as well as by colour. */
function Dot({ state }: { state: RowState }) {
  if (state.missing) return <span className={css.dot} data-tone="problem" title="Needs a source">!</span>;
  const verdict = worst(state.links);
  if (verdict === "impossible") return <span className={css.dot} data-tone="problem" title="Does not work">×</span>;
  if (state.links.some((link) => link.suggested)) {
    return <span className={css.dot} data-tone="suggested" title="Suggested"><IconSpark size={11} /></span>;
  }
  return <span className={css.dot} data-tone={state.mapped ? "linked" : "none"} title={state.mapped ? "Linked" : "Not linked"} />;
}

/** The row in words, for a screen reader. */
export function rowText({ table, column }: Row, state: RowState): string {
  if (!column) {
    const parts = [`table ${table.label}`];
    if (table.creates) parts.push("will be created");
    if (table.gone) parts.push("is gone");
    if (table.rows !== null && !table.creates) parts.push(`about ${count(table.rows)} rows`);
    if (state.filled && state.mapped) parts.push(`${state.filled.linked} of ${state.filled.of} columns linked`);
    else parts.push(state.mapped ? "mapped" : "not mapped");
    if (state.missing) parts.push("a required column needs a source");
    return parts.join(", ");
  }
  const parts = [`${column.name}, ${column.nativeType}`];
  if (column.gone) parts.push("is gone");
  if (column.primary) parts.push("primary key");
  if (column.refersTo !== null) parts.push(`refers to ${column.refersTo}`);
  if (column.derived) parts.push("also carried by other columns");
  if (column.required) parts.push("required");
  if (state.skipped) parts.push("left to its default");
  if (state.missing) parts.push("needs a source");
  if (state.links.length === 0) parts.push("not linked");
  for (const link of state.links.slice(0, 3)) parts.push(linkText(link));
  return parts.join(", ");
}

