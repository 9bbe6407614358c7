/** A target column: where its value comes from, what becomes of it, and what to do when nothing does. */
import { Button, Checkbox, TextInput } from "@mantine/core";
import { useState } from "react";

import type { TableName } from "../../../bindings";
import { IconProblem } from "../../../app/icons";
import {
  approveLoss,
  confirmSuggestion,
  linkColumns,
  quoted,
  rejectSuggestion,
  setConstant,
  setExpression,
  skipColumn,
  unlinkColumn,
  unskipColumn,
  useProject,
} from "../../../document";
import type { Trees } from "../actions";
import { IconSpark } from "../icons";
import { type Link, VERDICTS } from "../model/mapping";
import { nodeId } from "../model/names";
import type { TreeColumn } from "../model/tree";
import { constantFor, percent, typeName } from "../model/types";
import { useMapper } from "../state";
import { ExpressionField } from "./ExpressionField";
import { Values } from "./Values";
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
      {mapped && target?.generated == null && (link || !mapped.skipped.has(column)) && (
        <section className={css.section}>
          <h3>{link ? "Value" : "Or an expression"}</h3>
          <Expression key={nodeId(to, column)} link={link} from={mapped.mapping.from} to={to} column={column} trees={trees} />
        </section>
      )}
      {link && !link.suggested && <Values link={link} />}
      {!link && <Unmapped to={to} column={column} target={target} trees={trees} />}
    </>
  );
}

function Ends({ link, target }: { link: Link; target: TreeColumn | undefined }) {
  const type = link.fromType;
  return (
    <dl className={css.ends}>
      <dt>From</dt>
      <dd>
        {link.sources.length === 0 ? "the same value in every row" : (
          <bdi>{link.sources.map((name) => `${link.from.table}.${name}`).join(", ")}</bdi>
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
        <strong data-testid="suggestion-score">{percent(suggestion.score)}</strong>
      </h3>
      <ul className={css.reasons}>
        {suggestion.reasons.map((reason) => <li key={reason} className="wrap">{reason}</li>)}
      </ul>
    </section>
  );
}

interface ExpressionProps {
  link: Link | undefined;
  from: TableName;
  to: TableName;
  column: string;
  trees: Trees;
}

function Expression({ link, from, to, column, trees }: ExpressionProps) {
  const edit = useProject((state) => state.edit);
  const copied = link && link.mapping.expression == null ? link.sources[0] : undefined;
  const saved = link?.mapping.expression ?? (copied === undefined ? "" : quoted(copied));
  return (
    <ExpressionField
      from={from}
      source={trees.source.get(nodeId(from))}
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
    />
  );
}

function Unmapped({ to, column, target, trees }: { to: TableName; column: string; target: TreeColumn | undefined; trees: Trees }) {
  const edit = useProject((state) => state.edit);
  const [value, setValue] = useState("");
  const mapped = trees.index.targets.get(nodeId(to));
  if (target?.generated != null) {
    return <section className={css.section}><p className={css.hint}>The database computes it: {target.generated}. It is never written.</p></section>;
  }
  if (!mapped) {
    return (
      <section className={css.section}>
        <p className={css.hint}>Nothing goes into <bdi>{to.table}</bdi> yet. Drag a source table or column onto it, or press Suggest.</p>
      </section>
    );
  }
  if (mapped.skipped.has(column)) {
    return (
      <section className={css.section}>
        <p className={css.hint}>It is left to its default{target?.default != null ? `: ${target.default}` : ""}.</p>
        <div className={css.buttons}>
          <Button variant="default" onClick={() => edit(unskipColumn(to, column))} data-testid="unskip">Do not skip it</Button>
        </div>
      </section>
    );
  }
  const missing = mapped.required.has(column);
  const constant = () => edit(setConstant(mapped.mapping.from, to, column, constantFor(value, target?.logical ?? null)));
  return (
    <section className={css.section} data-testid="unmapped">
      {missing ? (
        <p className={css.required} style={{ margin: 0 }}><IconProblem /> <span>It must have a value, and nothing is linked to it. The run does not start like this.</span></p>
      ) : (
        <p className={css.hint}>Nothing is linked to it{target?.default != null ? `; it would get its default: ${target.default}` : target?.identity ? "; the database numbers it" : "; it would be empty"}.</p>
      )}
      <form
        className={css.row}
        onSubmit={(event) => {
          event.preventDefault();
          constant();
        }}
      >
        <TextInput
          label="The same value in every row"
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          data-testid="constant"
        />
        <Button type="submit" variant="default" data-testid="constant-set">Set</Button>
      </form>
      {!missing && (
        <div className={css.buttons}>
          <Button variant="default" onClick={() => edit(skipColumn(to, column))} data-testid="skip">Leave it to its default</Button>
        </div>
      )}
    </section>
  );
}
