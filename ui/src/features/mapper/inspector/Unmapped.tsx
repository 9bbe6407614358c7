/** A target column without a source: what becomes of it, and what can be done about it at once. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";

import type { TableName } from "../../../bindings";
import { IconProblem } from "../../../app/icons";
import { linkColumns, setConstant, skipColumn, unmapTable, unskipColumn, useProject } from "../../../document";
import type { Trees } from "../actions";
import { nodeId } from "../model/names";
import { plainConstants } from "../model/remedies";
import type { TreeColumn } from "../model/tree";
import { constantFor } from "../model/types";
import css from "./Inspector.module.css";

interface UnmappedProps {
  to: TableName;
  column: string;
  target: TreeColumn | undefined;
  trees: Trees;
}

export function Unmapped({ to, column, target, trees }: UnmappedProps) {
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
  const { from } = mapped.mapping;
  const missing = mapped.required.has(column);
  const sources = trees.source.get(nodeId(from))?.columns ?? [];
  return (
    <section className={css.section} data-testid="unmapped" data-missing={missing || undefined}>
      {missing ? (
        <p className={css.required} style={{ margin: 0 }}><IconProblem /> <span>It must have a value, and nothing is linked to it. The run does not start like this.</span></p>
      ) : (
        <p className={css.hint}>Nothing is linked to it{target?.default != null ? `; it would get its default: ${target.default}` : target?.identity ? "; the database numbers it" : "; it would be empty"}.</p>
      )}
      <div className={css.buttons}>
        {plainConstants(target?.logical ?? null).map((each) => (
          <Button key={each.sql} variant="default" onClick={() => edit(setConstant(from, to, column, each.sql))} data-testid={`remedy-${each.name}`}>
            Set {each.name}
          </Button>
        ))}
        {!missing && (
          <Button variant="default" onClick={() => edit(skipColumn(to, column))} data-testid="skip">
            {target?.default != null ? "Leave it to its default" : "Skip it"}
          </Button>
        )}
      </div>
      <form
        className={css.row}
        onSubmit={(event) => {
          event.preventDefault();
          edit(setConstant(from, to, column, constantFor(value, target?.logical ?? null)));
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
      <NativeSelect
        label={<>Or a column of <bdi>{from.table}</bdi></>}
        data={[{ value: "", label: "choose one…" }, ...sources.map((each) => ({ value: each.name, label: `${each.name}  (${each.nativeType})` }))]}
        value=""
        onChange={(event) => event.currentTarget.value !== "" && edit(linkColumns(from, event.currentTarget.value, to, column))}
        data-testid="remedy-source"
      />
      {missing && (
        <>
          <p className={css.hint}>It has no default, so it cannot be skipped alone.</p>
          <div className={css.buttons}>
            <Button variant="default" onClick={() => edit(unmapTable(to), `Leave ${to.table} out`)} data-testid="remedy-skip-table">
              Leave the whole table out
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
