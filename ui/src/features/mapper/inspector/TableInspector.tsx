/** A target table: which rows come into it, and what becomes of those that are there. */
import { Button, Radio, Stack } from "@mantine/core";

import type { Existing, OrphanChoice, TableName } from "../../../bindings";
import { confirmTable, isSuggested, setConstant, setExisting, setFilter, setOrphans, unmapTable, useProject } from "../../../document";
import type { Trees } from "../actions";
import { nodeId } from "../model/names";
import { plainConstants } from "../model/remedies";
import { count } from "../model/types";
import { reveal } from "../tree/keys";
import { ExpressionField } from "./ExpressionField";
import css from "./Inspector.module.css";

const EXISTING: { value: Existing; name: string; says: string }[] = [
  { value: "refuse", name: "Refuse", says: "If the table holds rows, the run does not start." },
  { value: "append", name: "Append", says: "Rows are added to those that are there." },
  { value: "skip", name: "Skip", says: "Rows whose key is there already are left out; the others are added." },
  { value: "replace", name: "Replace", says: "All rows that are there are deleted first. You confirm it before the run." },
];

const ORPHANS: { value: OrphanChoice; name: string; says: string }[] = [
  { value: "stop", name: "Stop", says: "The run stops and lists them." },
  { value: "reject", name: "Reject", says: "They are kept in the reject file, and do not stay in the target." },
  { value: "keep", name: "Keep", says: "They stay; the constraint is left unvalidated, or left out where there is no such thing." },
];

export function TableInspector({ to, trees }: { to: TableName; trees: Trees }) {
  const edit = useProject((state) => state.edit);
  const key = nodeId(to);
  const target = trees.target.get(key);
  const mapped = trees.index.targets.get(key);
  if (!mapped) {
    return (
      <section className={css.section}>
        <h2 className="wrap"><bdi>{to.table}</bdi></h2>
        <p className={css.hint}>
          {target ? `${count(target.columns.length)} columns. ` : ""}
          Nothing goes into it yet. Drag a source table onto it, or press Suggest.
        </p>
      </section>
    );
  }
  const { mapping, links, required, skipped } = mapped;
  const source = trees.source.get(nodeId(mapping.from));
  const suggested = links.filter((link) => link.suggested).length;
  const refers = target?.columns.some((column) => column.refersTo !== null) ?? false;
  const columns = target?.columns.length ?? links.length;
  const plainOf = (name: string) => plainConstants(target?.columns.find((each) => each.name === name)?.logical ?? null)[0];
  return (
    <>
      <section className={css.section}>
        <h2 className="wrap"><bdi>{mapping.from.table}</bdi> → <bdi>{to.table}</bdi></h2>
        <dl className={css.ends}>
          <dt>Rows</dt>
          <dd>{source?.rows == null ? "not known" : `about ${count(source.rows)}`}</dd>
          <dt>Columns</dt>
          <dd>
            {count(links.length)} of {count(columns)} linked
            {suggested > 0 && `, ${count(suggested)} only suggested`}
            {skipped.size > 0 && `, ${count(skipped.size)} left to their default`}
          </dd>
          {mapped.description?.creates && (
            <>
              <dt>Table</dt>
              <dd>The run creates it.</dd>
            </>
          )}
        </dl>
        <div className={css.buttons}>
          {(isSuggested(mapping) || suggested > 0) && (
            <Button onClick={() => edit(confirmTable(to))} data-testid="confirm-table">Accept all of it</Button>
          )}
          <Button variant="default" onClick={() => edit(unmapTable(to))} data-testid="unmap-table">Unmap</Button>
        </div>
      </section>
      {required.size > 0 && (
        <section className={css.section}>
          <h3>Must have a value, and has no source</h3>
          <ul className={css.linkList}>
            {[...required].map((column) => {
              const plain = plainOf(column);
              return (
                <li key={column} className={css.requiredRow}>
                  <button type="button" onClick={() => reveal({ side: "target", table: to, column })} data-testid={`required-${column}`}>
                    <bdi>{column}</bdi>
                  </button>
                  {plain && (
                    <Button variant="default" size="compact-xs" onClick={() => edit(setConstant(mapping.from, to, column, plain.sql))} data-testid={`remedy-${column}`}>
                      Set {plain.name}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        </section>
      )}
      <section className={css.section}>
        <h3>Only rows for which</h3>
        <ExpressionField
          key={key}
          from={mapping.from}
          source={source}
          saved={mapping.filter ?? ""}
          isFilter
          label={`Filter of ${to.table}`}
          placeholder={'"Active" = true'}
          testId="filter-expression"
          onApply={(text) => edit(setFilter(to, text))}
        />
      </section>
      {!mapped.description?.creates && (
        <section className={css.section}>
          <Radio.Group
            label="Rows that are there already"
            value={mapping.existing}
            onChange={(value) => edit(setExisting(to, value))}
          >
            <Stack gap={6} mt={6}>
              {EXISTING.map(({ value, name, says }) => (
                <Radio key={value} size="xs" value={value} label={name} description={says} data-testid={`existing-${value}`} />
              ))}
            </Stack>
          </Radio.Group>
        </section>
      )}
      {refers && (
        <section className={css.section}>
          <Radio.Group
            label="Rows whose foreign key points at nothing"
            value={mapping.orphans ?? "stop"}
            onChange={(value) => edit(setOrphans(to, value))}
          >
            <Stack gap={6} mt={6}>
              {ORPHANS.map(({ value, name, says }) => (
                <Radio key={value} size="xs" value={value} label={name} description={says} data-testid={`orphans-${value}`} />
              ))}
            </Stack>
          </Radio.Group>
        </section>
      )}
    </>
  );
}
