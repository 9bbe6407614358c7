/** The functions of the engine, to look through and to choose from: what each takes, does and gives. */
import { Modal, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";

import type { FunctionDescription, TableMapping } from "../../../bindings";
import { useCall } from "../../../app/query";
import { useProject } from "../../../document";
import { added, chainOf, textOf } from "../chain/chain";
import { stepOf } from "../chain/fields";
import { Pairs } from "../chain/Pairs";
import { IconSearch } from "../icons";
import { useLook } from "../look";
import { count } from "../model/types";
import css from "./Palette.module.css";
import { foundFunctions } from "./search";

const NONE: readonly FunctionDescription[] = [];

export function useFunctions(): readonly FunctionDescription[] {
  return useCall("functions", {}, { staleTime: Infinity }).data ?? NONE;
}

interface PaletteProps {
  onClose: () => void;
  onChoose: (chosen: FunctionDescription) => void;
  /** Only functions that can be done to a value. */
  stepsOnly?: boolean;
  /** What the function would be done to, to be shown on real rows. */
  value?: { mapping: TableMapping; text: string };
}

export function Palette({ onClose, onChoose, stepsOnly = false, value }: PaletteProps) {
  const all = useFunctions();
  const [search, setSearch] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const found = foundFunctions(stepsOnly ? all.filter((each) => stepOf(each) !== null) : all, search);
  const current = found[Math.min(at, found.length - 1)];

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const choose = (chosen: FunctionDescription) => {
    onClose();
    onChoose(chosen);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter" && current) choose(current);
    else return;
    event.preventDefault();
  };

  return (
    <Modal opened onClose={onClose} title="Functions" size={720} data-testid="palette">
      <TextInput
        aria-label="Search the functions"
        placeholder="trim, date, condition…"
        leftSection={<IconSearch size={12} />}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKey}
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={current ? `${id}-${current.name}` : undefined}
        data-autofocus
        data-testid="function-search"
      />
      <div className={css.panes}>
        <div ref={list} id={`${id}-list`} className={css.list} role="listbox" aria-label="Functions" tabIndex={-1}>
          {found.map((each, i) => (
            <div
              key={each.name}
              id={`${id}-${each.name}`}
              role="option"
              aria-selected={each === current}
              className={css.option}
              onPointerMove={() => i !== at && setAt(i)}
              onClick={() => choose(each)}
              data-testid={`function-${each.name}`}
            >
              <code>{each.name}</code>
              <span className={css.group}>{each.group}</span>
            </div>
          ))}
          {found.length === 0 && <p className={css.none}>{all.length === 0 ? "Asking the engine…" : "No function is like that."}</p>}
        </div>
        {current && <Details key={current.name} described={current} value={value} />}
      </div>
      <p className={css.foot}>{found.length === 1 ? "1 function" : `${count(found.length)} functions`}. Arrows choose, Enter inserts, Escape closes.</p>
    </Modal>
  );
}

function Details({ described, value }: { described: FunctionDescription; value: PaletteProps["value"] }) {
  const { signature, description, example, result, arguments: args } = described;
  return (
    <div className={css.details} data-testid="function-details">
      <code className={css.signature}>{signature}</code>
      <p>{description}</p>
      {args.length > 0 && (
        <dl className={css.arguments}>
          {args.map((each) => (
            <div key={each.name}>
              <dt>{each.name}{each.optional ? " (may be left out)" : ""}</dt>
              <dd>{each.description}</dd>
            </div>
          ))}
        </dl>
      )}
      <h3>Example</h3>
      <code className={css.example}>{example}</code>
      {result != null && <p className={css.gives}>gives <code data-testid="function-result">{result === "" ? "''" : result}</code></p>}
      {value && <OnRows described={described} value={value} />}
    </div>
  );
}

function OnRows({ described, value }: { described: FunctionDescription; value: NonNullable<PaletteProps["value"]> }) {
  const project = useProject((state) => state.project?.id ?? "");
  const step = stepOf(described);
  const expressions = step ? [value.text, textOf(added(chainOf(value.text), step))] : [];
  const [asked] = useDebouncedValue(expressions.join("\u0000"), 200);
  const { data } = useLook(
    "evaluate_steps",
    { project, mapping: value.mapping, expressions, limit: 20 },
    { enabled: expressions.length > 0 && asked === expressions.join("\u0000") && value.text !== "" },
  );
  if (!data || data.steps[1]?.problem) return null;
  return (
    <>
      <h3>On your rows</h3>
      <Pairs before={data.steps[0]} after={data.steps[1]} most={4} />
    </>
  );
}
