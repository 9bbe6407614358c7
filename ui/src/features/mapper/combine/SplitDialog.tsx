/** One source column into several target columns: at a delimiter, or at positions. */
import { Button, Modal, NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useState } from "react";

import type { TableMapping, TableName } from "../../../bindings";
import { quoted, setExpression, together, useProject } from "../../../document";
import type { Trees } from "../actions";
import { visible } from "../chain/pairs";
import { IconPlus } from "../icons";
import { useLook } from "../look";
import { nodeId } from "../model/names";
import { say, select, useMapper } from "../state";
import css from "./Combine.module.css";
import { type Cut, part } from "./texts";

const close = () => useMapper.setState({ splitting: null });

export function SplitDialog({ trees }: { trees: Trees }) {
  const splitting = useMapper((state) => state.splitting);
  if (!splitting) return null;
  const mappings = (trees.index.sources.get(nodeId(splitting.from)) ?? []).map((mapped) => mapped.mapping);
  return <Asking key={nodeId(splitting.from, splitting.column)} {...splitting} mappings={mappings} trees={trees} />;
}

interface AskingProps {
  from: TableName;
  column: string;
  mappings: readonly TableMapping[];
  trees: Trees;
}

function Asking({ from, column, mappings, trees }: AskingProps) {
  const edit = useProject((state) => state.edit);
  const [place, setPlace] = useState(0);
  const [by, setBy] = useState<Cut["by"]>("delimiter");
  const [delimiter, setDelimiter] = useState(" ");
  const [positions, setPositions] = useState("3");
  const [targets, setTargets] = useState<string[]>(["", ""]);
  const mapping = mappings[place];
  const name = `${from.table}.${column}`;
  if (!mapping) {
    return (
      <Modal opened onClose={close} title={`Split ${name}`} data-testid="split-dialog">
        <p className={css.says}>Map <bdi>{from.table}</bdi> to a target table first; then its columns can be cut into several.</p>
        <div className={css.buttons}><Button onClick={close}>Close</Button></div>
      </Modal>
    );
  }
  const wanted = positions.split(/[\s,;]+/).map(Number).filter((each) => Number.isInteger(each) && each > 0).sort((a, b) => a - b);
  const cut: Cut = by === "delimiter" ? { by, delimiter } : { by, positions: wanted };
  const parts = targets.map((_, at) => part(column, cut, at));
  const columns = trees.target.get(nodeId(mapping.to))?.columns.filter((each) => each.generated === null) ?? [];
  const chosen = targets.filter((each) => each !== "");
  const twice = new Set(chosen).size < chosen.length;
  const ready = chosen.length > 0 && !twice && (by === "position" ? wanted.length > 0 : delimiter !== "");
  const split = () => {
    const edits = targets.flatMap((to, at) => (to === "" ? [] : [setExpression(from, mapping.to, to, parts[at], [column])]));
    edit(together(`Split ${name}`, edits));
    close();
    select({ side: "target", table: mapping.to, column: chosen[0] });
    say(`${name} is split into ${chosen.join(" and ")}.`);
  };
  return (
    <Modal opened onClose={close} title={`Split ${name}`} size={560} data-testid="split-dialog">
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) split();
        }}
      >
        {mappings.length > 1 && (
          <NativeSelect
            label="Into columns of"
            data={mappings.map((each, i) => ({ value: String(i), label: each.to.table }))}
            value={String(place)}
            onChange={(event) => {
              setPlace(Number(event.currentTarget.value));
              setTargets(targets.map(() => ""));
            }}
          />
        )}
        <div className={css.cut}>
          <SegmentedControl
            aria-label="Cut"
            value={by}
            onChange={(value) => setBy(value)}
            data={[
              { value: "delimiter", label: "At a delimiter" },
              { value: "position", label: "At positions" },
            ]}
          />
          {by === "delimiter" ? (
            <TextInput label={/^ +$/.test(delimiter) ? "Delimiter (a blank)" : "Delimiter"} value={delimiter} onChange={(event) => setDelimiter(event.currentTarget.value)} data-autofocus data-testid="split-delimiter" />
          ) : (
            <TextInput label="After characters" value={positions} onChange={(event) => setPositions(event.currentTarget.value)} data-testid="split-positions" />
          )}
        </div>
        <ol className={css.parts}>
          {targets.map((to, at) => (
            <li key={at}>
              <NativeSelect
                label={`Part ${at + 1} goes to`}
                data={[{ value: "", label: "nowhere" }, ...columns.map((each) => ({ value: each.name, label: `${each.name}  (${each.nativeType})` }))]}
                value={to}
                onChange={(event) => setTargets(targets.map((each, i) => (i === at ? event.currentTarget.value : each)))}
                data-testid={`split-target-${at}`}
              />
            </li>
          ))}
        </ol>
        <Button variant="subtle" leftSection={<IconPlus />} onClick={() => setTargets([...targets, ""])} style={{ alignSelf: "flex-start" }} data-testid="split-more">
          One more part
        </Button>
        <Rows mapping={mapping} column={column} parts={parts} />
        {twice && <p className={css.problem}>Two parts go to the same column.</p>}
        <div className={css.buttons}>
          <Button type="submit" disabled={!ready} data-testid="split-apply">Split</Button>
          <Button variant="default" onClick={close}>Cancel</Button>
        </div>
      </form>
    </Modal>
  );
}

/** What the parts are of the first rows. */
function Rows({ mapping, column, parts }: { mapping: TableMapping; column: string; parts: readonly string[] }) {
  const project = useProject((state) => state.project?.id ?? "");
  const { data } = useLook("evaluate_steps", { project, mapping, expressions: [quoted(column), ...parts], limit: 6 }, { keep: true });
  const problem = data?.steps.find((step) => step.problem)?.problem;
  if (problem) return <p className={css.problem}>{problem.message}</p>;
  if (!data) return null;
  return (
    <div className={css.rows}>
      <table className="data-table" data-testid="split-rows">
        <thead>
          <tr>{data.steps.map((_, i) => <th key={i} scope="col">{i === 0 ? column : `Part ${i}`}</th>)}</tr>
        </thead>
        <tbody>
          {data.steps[0]?.values.map((_, row) => (
            <tr key={row}>
              {data.steps.map((step, i) => {
                const value = step.values[row];
                return <td key={i}>{value == null ? <span className="dim"><em>NULL</em></span> : <bdi>{visible(value)}</bdi>}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
