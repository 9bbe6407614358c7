/** Real rows before and after, for what is selected and as it is being written. At most twenty, and never written. */
import { Button, Checkbox, Loader, Popover } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { memo, useMemo, useState } from "react";
import { createPortal } from "react-dom";

import type { LogicalType, Preview } from "../../../bindings";
import { IconArrow, IconChevron } from "../../../app/icons";
import { Problem } from "../../../app/Problem";
import { useProject } from "../../../document";
import { chainOf, textsOf } from "../chain/chain";
import { valueOf } from "../combine/texts";
import { useLook } from "../look";
import type { MappedTable, MappingIndex } from "../model/mapping";
import { nodeId } from "../model/names";
import { type Selection, useMapper } from "../state";
import css from "./Preview.module.css";
import { type Between, between } from "./between";
import { withDraft } from "./draft";
import { pick, previewRows } from "./rows";

const LIMIT = 20;

export function PreviewPanel({ index }: { index: MappingIndex }) {
  const open = useMapper((state) => state.previewOpen);
  const selection = useMapper((state) => state.selection);
  const [all, setAll] = useState(false);
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const mapped = mappedOf(selection, index);
  const focused = selection?.kind === "column" || (selection?.kind === "source" && selection.column !== undefined);
  return (
    <section className={css.panel} data-open={open || undefined} aria-label="Preview" data-testid="preview">
      <div className={css.head}>
        <button
          type="button"
          className={css.toggle}
          aria-expanded={open}
          onClick={() => useMapper.setState({ previewOpen: !open })}
          data-testid="preview-toggle"
        >
          <span className={css.chevron} data-open={open || undefined}><IconChevron size={12} /></span> Preview
        </button>
        {mapped && (
          <span className="dim">
            first {LIMIT} rows of <bdi>{mapped.mapping.from.table}</bdi>, as they would arrive in <bdi>{mapped.mapping.to.table}</bdi>
          </span>
        )}
        <span className={css.space} />
        <span ref={setSlot} className={css.slot} />
        {mapped && focused && (
          <Checkbox label="All columns" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} data-testid="preview-all" />
        )}
      </div>
      {open && (
        <div className={css.body} role="region" aria-label="Rows before and after" tabIndex={0}>
          {mapped ? (
            <Rows key={nodeId(mapped.mapping.to)} mapped={mapped} selection={focused && !all ? selection : null} slot={slot} />
          ) : (
            <div className={css.empty}>Choose a mapped table, a column or a link to see real rows before and after.</div>
          )}
        </div>
      )}
    </section>
  );
}

function mappedOf(selection: Selection | null, index: MappingIndex): MappedTable | undefined {
  if (!selection) return undefined;
  return selection.kind === "source" ? index.sources.get(nodeId(selection.from))?.[0] : index.targets.get(nodeId(selection.to));
}

interface RowsProps {
  mapped: MappedTable;
  selection: Selection | null;
  /** Where the query is offered. */
  slot: HTMLElement | null;
}

function Rows({ mapped, selection, slot }: RowsProps) {
  const project = useProject((state) => state.project?.id ?? "");
  const draft = useMapper((state) => state.draft);
  const wanted = useMemo(() => withDraft(mapped.mapping, draft), [mapped.mapping, draft]);
  const [mapping] = useDebouncedValue(wanted, 350);
  const { data, error, isFetching, again, cancel } = useLook("preview", { project, mapping, limit: LIMIT }, { keep: true });
  const column = selection?.kind === "column" ? mapping.columns.find((each) => each.to === selection.column) : undefined;
  const chain = chainOf(column ? valueOf(column) : "");
  const evaluated = useLook("evaluate_steps", { project, mapping, expressions: textsOf(chain), limit: LIMIT }, { enabled: chain.steps.length > 0 });
  if (error && error.kind !== "cancelled") return <div style={{ padding: 8 }}><Problem error={error} doing="Previewing" testId="preview-problem" /></div>;
  if (!data && isFetching) {
    return (
      <div className={css.empty} role="status">
        <Loader size="xs" aria-label="Reading rows" /> Reading rows… <Button variant="default" size="compact-xs" onClick={cancel} data-testid="preview-cancel">Cancel</Button>
      </div>
    );
  }
  if (!data) {
    return (
      <div className={css.empty}>
        The rows were not read. <Button variant="default" size="compact-xs" onClick={again} data-testid="preview-again">Read them</Button>
      </div>
    );
  }
  if (data.before.rows.length === 0) return <div className={css.empty}>The source table holds no rows.</div>;
  return (
    <>
      <PreviewTable preview={data} mapped={mapped} selection={selection} steps={between(data, chain, evaluated.data)} />
      {slot && createPortal(<QueryButton query={data.query} />, slot)}
    </>
  );
}

function QueryButton({ query }: { query: string }) {
  return (
    <Popover position="top-end" width={480} shadow="md" withArrow>
      <Popover.Target>
        <Button variant="subtle" size="compact-xs" data-testid="preview-query">Query</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <pre className="sql" data-testid="preview-query-text">{query}</pre>
      </Popover.Dropdown>
    </Popover>
  );
}

interface PreviewTableProps {
  preview: Preview;
  mapped: MappedTable;
  /** Only its columns; absent shows all. */
  selection: Selection | null;
  /** Between the source and the target, for one column. */
  steps: readonly Between[];
}

const PreviewTable = memo(function PreviewTable({ preview, mapped, selection, steps }: PreviewTableProps) {
  const rows = useMemo(() => previewRows(preview), [preview]);
  const { before, after } = columnsFor(preview, mapped, selection);
  const numeric = useMemo(() => new Set(mapped.links.flatMap((link) => (isNumber(link.toType) ? [link.column] : []))), [mapped]);
  const numericBefore = new Set(mapped.links.flatMap((link) => (isNumber(link.fromType) && link.mapping.expression == null ? link.sources : [])));
  return (
    <table data-testid="preview-rows">
      <thead>
        <tr>
          {before.map((at) => (
            <th key={at} scope="col" className={numericBefore.has(preview.before.columns[at]) ? css.number : undefined}>
              <bdi>{preview.before.columns[at]}</bdi>
            </th>
          ))}
          {steps.map((step, i) => <th key={i} scope="col" className={css.step} data-testid="preview-step">{step.name}</th>)}
          <th className={css.arrow} aria-label="becomes"><IconArrow size={12} /></th>
          {after.map((at) => (
            <th key={at} scope="col" className={numeric.has(preview.after.columns[at]) ? css.number : undefined}>
              <bdi>{preview.after.columns[at]}</bdi>
            </th>
          ))}
          {after.length === 0 && <th scope="col" className={css.null}>nothing arrives like this</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ before: cells, outcome }, row) => (
          <tr key={row} className={outcome.kind === "carried" ? undefined : css[outcome.kind]} data-outcome={outcome.kind}>
            {before.map((at) => (
              <Cell key={at} value={cells[at]} number={numericBefore.has(preview.before.columns[at])} />
            ))}
            {steps.map((step, i) => <Cell key={i} value={step.values[row]} number={false} />)}
            <td className={css.arrow} aria-hidden="true">{outcome.kind === "carried" ? <IconArrow size={12} /> : "×"}</td>
            {outcome.kind === "carried" ? (
              after.map((at) => <Cell key={at} value={outcome.cells[at]} number={numeric.has(preview.after.columns[at])} />)
            ) : (
              <td className={css.reason} colSpan={Math.max(1, after.length)}>
                {outcome.kind === "rejected" ? `Rejected: ${outcome.reason}` : "Left out by the filter"}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
});

function Cell({ value, number }: { value: string | null | undefined; number: boolean }) {
  if (value == null) return <td className={number ? css.number : undefined}><span className={css.null}>NULL</span></td>;
  return <td className={number ? css.number : undefined} title={value.length > 30 ? value : undefined}><bdi>{value}</bdi></td>;
}

function columnsFor(preview: Preview, mapped: MappedTable, selection: Selection | null) {
  const all = { before: pick(preview.before.columns, null), after: pick(preview.after.columns, null) };
  if (selection?.kind === "column") {
    const link = mapped.byColumn.get(selection.column);
    const after = pick(preview.after.columns, new Set([selection.column]));
    if (after.length === 0) return { before: link ? pick(preview.before.columns, new Set(link.sources)) : all.before, after };
    return { before: link && link.sources.length > 0 ? pick(preview.before.columns, new Set(link.sources)) : all.before, after };
  }
  if (selection?.kind === "source" && selection.column !== undefined) {
    const { column } = selection;
    const targets = mapped.links.filter((link) => link.sources.includes(column)).map((link) => link.column);
    return { before: pick(preview.before.columns, new Set([column])), after: pick(preview.after.columns, new Set(targets)) };
  }
  return all;
}

function isNumber(type: LogicalType | null): boolean {
  return type?.type === "integer" || type?.type === "decimal" || type?.type === "float";
}
