/** A second column for a target that is linked already: both are joined into one value, or the new one takes the place. */
import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { useState } from "react";

import { columnTo, linkColumns, mappingTo, quoted, setExpression, useProject } from "../../../document";
import { Pairs } from "../chain/Pairs";
import { useLook } from "../look";
import { nodeName } from "../model/names";
import { say, select, useMapper } from "../state";
import css from "./Combine.module.css";
import { joined, valueOf } from "./texts";

const close = () => useMapper.setState({ joining: null });

export function JoinDialog() {
  const joining = useMapper((state) => state.joining);
  const mapping = useProject((state) => (joining && state.document ? mappingTo(state.document, joining.to.table) : undefined));
  const before = joining?.to.column === undefined ? undefined : columnTo(mapping, joining.to.column);
  if (!joining || !mapping || !before || joining.from.column === undefined) return null;
  return <Asking key={nodeName(joining.to)} joining={joining} mapping={mapping} before={before} addition={joining.from.column} />;
}

interface AskingProps {
  joining: NonNullable<ReturnType<typeof useMapper.getState>["joining"]>;
  mapping: NonNullable<ReturnType<typeof mappingTo>>;
  before: NonNullable<ReturnType<typeof columnTo>>;
  addition: string;
}

function Asking({ joining: { from, to }, mapping, before, addition }: AskingProps) {
  const project = useProject((state) => state.project?.id ?? "");
  const edit = useProject((state) => state.edit);
  const [separator, setSeparator] = useState(" ");
  const [inFront, setInFront] = useState(false);
  const value = valueOf(before);
  const text = joined(value, quoted(addition), separator, inFront);
  const { data } = useLook("evaluate_steps", { project, mapping, expressions: [value, text], limit: 20 }, { keep: true });
  const problem = data?.steps[1]?.problem;
  const sources = [...new Set([...(before.from ?? []), addition])];
  const done = (words: string) => {
    close();
    select(to);
    say(words);
  };
  const join = () => {
    edit(setExpression(mapping.from, to.table, before.to, text, sources), `Join ${nodeName(from)} into ${nodeName(to)}`);
    done(`${nodeName(to)} is joined from ${sources.join(" and ")}.`);
  };
  const replace = () => {
    edit(linkColumns(from.table, addition, to.table, before.to));
    done(`Linked ${nodeName(from)} to ${nodeName(to)}; it replaces ${value}.`);
  };
  return (
    <Modal opened onClose={close} title={<>{before.to} is linked already</>} data-testid="join-dialog">
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          join();
        }}
      >
        <p className={css.says}>
          It holds <code>{value}</code>. Join <bdi>{nodeName(from)}</bdi> to it, or let it take the place.
        </p>
        <TextInput
          label={/^ +$/.test(separator) ? "Separator (a blank)" : "Separator"}
          description="Stands between the two; an empty value leaves none behind."
          value={separator}
          onChange={(event) => setSeparator(event.currentTarget.value)}
          data-autofocus
          data-testid="join-separator"
        />
        <Checkbox label={<>Put <bdi>{addition}</bdi> in front</>} checked={inFront} onChange={(event) => setInFront(event.currentTarget.checked)} />
        <code className={css.expression} data-testid="join-expression">{text}</code>
        {problem ? <p className={css.problem}>{problem.message}</p> : data && <Pairs before={data.steps[0]} after={data.steps[1]} most={4} testId="join-rows" />}
        <div className={css.buttons}>
          <Button type="submit" data-testid="join-both">Join both</Button>
          <Button variant="default" onClick={replace} data-testid="join-replace">Replace</Button>
          <Button variant="default" onClick={close}>Cancel</Button>
        </div>
      </form>
    </Modal>
  );
}
