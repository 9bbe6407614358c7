/** A target column: where its value comes from, what becomes of it, and what to do when nothing does. */
import { Button, Checkbox } from "@mantine/core";
import { useMemo } from "react";

import type { TableMapping, TableName } from "../../../bindings";
import {
  approveLoss,
  confirmSuggestion,
  linkColumns,
  quoted,
  rejectSuggestion,
  setExpression,
  unlinkColumn,
  useProject,
} from "../../../document";
import type { Trees } from "../actions";
import { Chain } from "../chain/Chain";
import { Confidence } from "../Confidence";
import { IconJump, IconSpark } from "../icons";
import { type Link, VERDICTS } from "../model/mapping";
import { nodeId } from "../model/names";
import type { TreeColumn } from "../model/tree";
import { typeName } from "../model/types";
import { useMapper } from "../state";
import { reveal } from "../tree/keys";
import { Losses } from "../values/Losses";
import { type Looked, Profiles } from "../values/Profiles";
import { ExpressionField } from "./ExpressionField";
import { Unmapped } from "./Unmapped";
import { Rules } from "./Rules";
import css from "./Inspector.module.css";

interface ColumnInspectorProps {
  to: TableName;
  column: string;
  trees: Trees;
}

export function ColumnInspector({ to, column, trees }: ColumnInspectorProps) {
  const mapped = trees.index.targets.get(nodeId(to));
  const link = mapped?.byColumn.get(column);
  const target = trees.target.get(nodeId(to))?.columns.find((each) => each.name === column);
  const edit = useProject((state) => state.edit);

  return (
    <>
      <section className={css.section}>
        <h2 className="wrap"><bdi>{to.table}.{column}</bdi></h2>
        {link ? <Ends link={link} target={target} /> : target && <p className={css.hint}>{target.nativeType}{target.required ? ", must have a value" : ""}</p>}
        {link && <VerdictBox link={link} />}
        {link && <Losses key={nodeId(to, column)} link={link} />}
        {link?.verdict?.verdict === "lossy" && (
          <Checkbox
            label="I have seen it, and accept that values change"
            checked={link.mapping.approve_loss ?? false}
            onChange={(event) => edit(approveLoss(to, column, event.currentTarget.checked))}
            data-testid="approve-loss"
          />
        )}
        {link && <Actions link={link} />}
      </section>
      {link?.mapping.suggestion && <Why link={link} />}
      {!link && <Unmapped to={to} column={column} target={target} trees={trees} />}
      {mapped && target?.generated == null && (link || !mapped.skipped.has(column)) && (
        <section className={css.section}>
          <h3>{link ? "Value" : "Or an expression"}</h3>
          <Expression key={nodeId(to, column)} link={link} mapping={mapped.mapping} to={to} column={column} trees={trees} />
        </section>
      )}
      <Profiles columns={lookedAt(link, target, mapped?.mapping, to, column, trees)} />
      {link && !link.suggested && <Rules link={link} />}
    </>
  );
}

/** The one source column of a link, and the target column where there is one already. */
function lookedAt(
  link: Link | undefined,
  target: TreeColumn | undefined,
  mapping: TableMapping | undefined,
  to: TableName,
  column: string,
  trees: Trees,
): Looked[] {
  const columns: Looked[] = [];
  const [only] = link?.sources ?? [];
  if (link && link.sources.length === 1 && only !== undefined) columns.push({ side: "source", table: link.from, column: only, ...(mapping && { mapping }) });
  if (target && !target.added && trees.target.get(nodeId(to))?.creates === false) columns.push({ side: "target", table: to, column });
  return columns;
}

function Ends({ link, target }: { link: Link; target: TreeColumn | undefined }) {
  const type = link.fromType;
  return (
    <dl className={css.ends}>
      <dt>From</dt>
      <dd>
        {link.sources.length === 0 ? "the same value in every row" : (
          link.sources.map((name) => (
            <button
              key={name}
              type="button"
              className={css.jump}
              title="Show it in the source (J)"
              onClick={() => reveal({ side: "source", table: link.from, column: name })}
              data-testid={`jump-${name}`}
            >
              <bdi>{link.from.table}.{name}</bdi> <IconJump size={12} />
            </button>
          ))
        )}
        {type && <span className={css.typeText}>{typeName(type)}</span>}
      </dd>
      <dt>To</dt>
      <dd>
        <bdi>{link.to.table}.{link.column}</bdi>
        <span className={css.typeText}>
          {target?.nativeType}
          {target?.nativeType && link.toType ? `: ${typeName(link.toType)}` : ""}
          {target && !target.nullable ? ", not null" : ""}
        </span>
      </dd>
    </dl>
  );
}

function VerdictBox({ link }: { link: Link }) {
  if (link.problem) {
    return (
      <div className={css.verdict} data-tone="problem" data-testid="verdict" data-verdict="problem">
        <span className={css.symbol} aria-hidden="true">×</span>
        <span className="wrap"><strong>Error.</strong> {link.problem.message}</span>
      </div>
    );
  }
  if (!link.verdict) return null;
  const { symbol, name, says, tone } = VERDICTS[link.verdict.verdict];
  return (
    <div className={css.verdict} data-tone={tone} data-testid="verdict" data-verdict={link.verdict.verdict}>
      <span className={css.symbol} aria-hidden="true">{symbol}</span>
      <span className="wrap"><strong>{name}:</strong> {"why" in link.verdict ? link.verdict.why : says}.</span>
    </div>
  );
}

function Actions({ link }: { link: Link }) {
  const edit = useProject((state) => state.edit);
  const { to, column, suggested } = link;
  return (
    <div className={css.buttons}>
      {suggested ? (
        <>
          <Button onClick={() => edit(confirmSuggestion(to, column))} data-testid="confirm-suggestion">Accept</Button>
          <Button variant="default" onClick={() => edit(rejectSuggestion(to, column))} data-testid="reject-suggestion">Reject</Button>
        </>
      ) : (
        <Button variant="default" onClick={() => edit(unlinkColumn(to, column))} data-testid="remove-link">Remove link</Button>
      )}
    </div>
  );
}

function Why({ link }: { link: Link }) {
  const { suggestion } = link.mapping;
  if (!suggestion) return null;
  return (
    <section className={css.section} data-testid="suggestion">
      <h3 className={css.score}>
        <IconSpark /> {link.suggested ? "Suggested" : "Was suggested"}
        <Confidence score={suggestion.score} words />
      </h3>
      <ul className={css.reasons}>
        {suggestion.reasons.map((reason) => <li key={reason} className="wrap">{reason}</li>)}
      </ul>
    </section>
  );
}

interface ExpressionProps {
  link: Link | undefined;
  mapping: TableMapping;
  to: TableName;
  column: string;
  trees: Trees;
}

function Expression({ link, mapping, to, column, trees }: ExpressionProps) {
  const edit = useProject((state) => state.edit);
  const { from } = mapping;
  const source = trees.source.get(nodeId(from));
  const columns = useMemo(() => source?.columns.map(({ name, nativeType }) => ({ name, type: nativeType })) ?? [], [source]);
  const copied = link && link.mapping.expression == null ? link.sources[0] : undefined;
  const saved = link?.mapping.expression ?? (copied === undefined ? "" : quoted(copied));
  return (
    <ExpressionField
      from={from}
      source={source}
      saved={saved}
      label={`Expression for ${to.table}.${column}`}
      placeholder='upper("Name")'
      testId="expression"
      onDraft={(text) => useMapper.setState({ draft: text === null ? null : { to, column, expression: text } })}
      onApply={(text, references) => {
        const [only] = references;
        if (references.length === 1 && only !== undefined && text === quoted(only)) edit(linkColumns(from, only, to, column));
        else edit(setExpression(from, to, column, text, references));
      }}
      above={link && ((text, onText) => <Chain mapping={mapping} columns={columns} text={text} onText={onText} />)}
    />
  );
}
