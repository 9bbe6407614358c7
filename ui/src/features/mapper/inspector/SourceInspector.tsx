/** A source table or column: what it is, and where it goes. */
import { Button } from "@mantine/core";

import type { TableName } from "../../../bindings";
import type { Trees } from "../actions";
import { linksFrom } from "../model/mapping";
import { nodeId, nodeName } from "../model/names";
import { count, typeName } from "../model/types";
import { DERIVED } from "../model/tree";
import { IconSplit } from "../icons";
import { useMapper } from "../state";
import { reveal } from "../tree/keys";
import { Profiles } from "../values/Profiles";
import css from "./Inspector.module.css";

export function SourceInspector({ from, column, trees }: { from: TableName; column?: string; trees: Trees }) {
  const table = trees.source.get(nodeId(from));
  const about = column === undefined ? undefined : table?.columns.find((each) => each.name === column);
  const goes: { table: TableName; column?: string }[] =
    column === undefined
      ? (trees.index.sources.get(nodeId(from)) ?? []).map((mapped) => ({ table: mapped.mapping.to }))
      : linksFrom(trees.index, from, column).map((link) => ({ table: link.to, column: link.column }));
  return (
    <>
      <section className={css.section}>
        <h2 className="wrap"><bdi>{column === undefined ? from.table : `${from.table}.${column}`}</bdi></h2>
        {about ? (
          <dl className={css.ends}>
            <dt>Type</dt>
            <dd>{about.nativeType}<span className={css.typeText}>{typeName(about.logical)}</span></dd>
            <dt>Empty</dt>
            <dd>{about.nullable ? "allowed" : "never"}</dd>
            {about.primary && <><dt>Key</dt><dd>primary key</dd></>}
            {about.refersTo !== null && <><dt>Refers to</dt><dd><bdi>{about.refersTo}</bdi></dd></>}
            {about.comment !== null && <><dt>Comment</dt><dd>{about.comment}</dd></>}
            {about.derived && <><dt>Derived</dt><dd>{DERIVED}</dd></>}
          </dl>
        ) : (
          <p className={css.hint}>
            {table ? `${count(table.columns.length)} columns` : ""}
            {table?.rows == null ? "" : `, about ${count(table.rows)} rows`}
          </p>
        )}
      </section>
      {column !== undefined && about && <Profiles columns={[{ side: "source", table: from, column }]} />}
      <section className={css.section}>
        <h3>Goes to</h3>
        {goes.length === 0 && (
          <p className={css.hint}>Nowhere yet. {column === undefined ? "Drag it onto a target table, or choose one there and press L." : "Drag it onto a target column, or press Enter here and again there."}</p>
        )}
        <ul className={css.linkList}>
          {goes.map((end) => (
            <li key={nodeId(end.table, end.column)}>
              <button type="button" onClick={() => reveal({ side: "target", ...end })}>
                <bdi>{nodeName(end)}</bdi>
              </button>
            </li>
          ))}
        </ul>
        {column !== undefined && (
          <div className={css.buttons}>
            <Button variant="default" leftSection={<IconSplit />} onClick={() => useMapper.setState({ splitting: { from, column } })} data-testid="split">
              Split into several…
            </Button>
          </div>
        )}
      </section>
    </>
  );
}
