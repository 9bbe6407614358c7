/**
 * The value of a link as steps, one after the other, each with what it makes of real rows.
 *
 * Steps are added, changed, moved and taken out by pointer and by keys; every change is one edit of the expression.
 */
import { ActionIcon, Button, NativeSelect, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";

import type { FunctionDescription, StepEvaluated, TableMapping } from "../../../bindings";
import { IconChevron } from "../../../app/icons";
import { quoted, useProject } from "../../../document";
import { IconGrip, IconPlus, IconRemove } from "../icons";
import { useLook } from "../look";
import { typeName } from "../model/types";
import { Palette, useFunctions } from "../palette/Palette";
import { added, type Chain as Steps, chainOf, moved, replaced, type Step, stepName, textOf, textsOf, without } from "./chain";
import css from "./Chain.module.css";
import { fieldsOf, stepOf, withField } from "./fields";
import { Pairs } from "./Pairs";

interface ChainProps {
  mapping: TableMapping;
  columns: readonly { name: string; type: string }[];
  text: string;
  onText: (text: string) => void;
}

export function Chain({ mapping, columns, text, onText }: ChainProps) {
  const project = useProject((state) => state.project?.id ?? "");
  const functions = useFunctions();
  const [choosing, setChoosing] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  const chain = chainOf(text);
  const texts = textsOf(chain);
  const [asked] = useDebouncedValue(text, 150);
  const { data } = useLook(
    "evaluate_steps",
    { project, mapping, expressions: texts, limit: 50 },
    { enabled: chain.steps.length > 0 && asked === text, keep: true },
  );
  // Answers to another chain of the same length would stand at the wrong steps for a moment; of another length, for sure.
  const steps = data?.steps.length === texts.length ? data.steps : undefined;
  const names = columns.map((each) => each.name);
  const plain = names.find((name) => quoted(name) === chain.start || `"${name}"` === chain.start);
  const set = (next: Steps, focus?: number) => {
    onText(textOf(next));
    if (focus !== undefined) {
      requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>("[data-step]")[focus]?.focus());
    }
  };

  return (
    <div className={css.chain} data-testid="chain">
      {plain !== undefined ? (
        <NativeSelect
          aria-label="Starts with"
          className={css.start}
          data={names}
          value={plain}
          onChange={(event) => set({ ...chain, start: quoted(event.currentTarget.value) })}
          data-testid="chain-start"
        />
      ) : (
        <code className={css.text} data-testid="chain-start">{chain.start || "nothing yet"}</code>
      )}
      <ol ref={list} className={css.steps} aria-label="Steps">
        {chain.steps.map((step, i) => (
          <StepCard
            key={i}
            at={i}
            of={chain.steps.length}
            step={step}
            known={functions.find((each) => each.name === nameIn(step))}
            before={steps?.[i]}
            after={steps?.[i + 1]}
            onChange={(next) => set(replaced(chain, i, next))}
            onMove={(to) => set(moved(chain, i, to), Math.min(Math.max(to, 0), chain.steps.length - 1))}
            onRemove={() => set(without(chain, i), Math.max(0, i - 1))}
          />
        ))}
      </ol>
      <Button
        variant="default"
        leftSection={<IconPlus />}
        disabled={text.trim() === ""}
        onClick={() => setChoosing(true)}
        data-testid="add-step"
      >
        {chain.steps.length === 0 ? "Transform it" : "Add a step"}
      </Button>
      {choosing && (
        <Palette
          stepsOnly
          value={{ mapping, text }}
          onClose={() => setChoosing(false)}
          onChoose={(chosen) => {
            const step = stepOf(chosen);
            if (step) set(added(chain, step), chain.steps.length);
          }}
        />
      )}
    </div>
  );
}

function nameIn(step: Step): string {
  if (step.kind === "append") return "||";
  return step.kind === "call" ? step.name : stepName(step);
}

interface StepCardProps {
  at: number;
  of: number;
  step: Step;
  known: FunctionDescription | undefined;
  before: StepEvaluated | undefined;
  after: StepEvaluated | undefined;
  onChange: (step: Step) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

function StepCard({ at, of, step, known, before, after, onChange, onMove, onRemove }: StepCardProps) {
  const name = stepName(step);
  const fields = fieldsOf(step, known);
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) return;
    if (event.altKey && event.key === "ArrowUp") onMove(at - 1);
    else if (event.altKey && event.key === "ArrowDown") onMove(at + 1);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const next = event.key === "ArrowUp" ? event.currentTarget.previousElementSibling : event.currentTarget.nextElementSibling;
      (next as HTMLElement | null)?.focus();
    } else if (event.key === "Delete") onRemove();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <li
      className={css.step}
      tabIndex={0}
      data-step={at}
      data-problem={after?.problem ? true : undefined}
      aria-label={`Step ${at + 1} of ${of}: ${name}. Alt and arrows move it, Delete takes it out.`}
      onKeyDown={onKey}
      data-testid={`step-${at}`}
    >
      <div className={css.head}>
        <span className={css.grip} onPointerDown={(event) => dragStep(event, at, onMove)} title="Drag to move this step"><IconGrip /></span>
        <strong className={css.name} title={known?.description}>{name}</strong>
        <span className={css.type}>{after?.result ? typeName(after.result) : ""}</span>
        <StepButton label={`Move ${name} up`} disabled={at === 0} onClick={() => onMove(at - 1)} testId={`step-${at}-up`}>
          <span className={css.up}><IconChevron size={12} /></span>
        </StepButton>
        <StepButton label={`Move ${name} down`} disabled={at === of - 1} onClick={() => onMove(at + 1)} testId={`step-${at}-down`}>
          <span className={css.down}><IconChevron size={12} /></span>
        </StepButton>
        <StepButton label={`Take ${name} out`} onClick={onRemove} testId={`step-${at}-remove`}><IconRemove size={12} /></StepButton>
      </div>
      {fields.length > 0 && (
        <div className={css.fields}>
          {fields.map((field, i) => (
            <TextInput
              key={`${i}${field.value}`}
              label={field.label}
              title={field.help}
              classNames={{ root: css.field, input: css.fieldInput, label: css.fieldLabel }}
              placeholder={field.optional ? "left out" : undefined}
              defaultValue={field.value}
              onBlur={(event) => {
                const next = event.currentTarget.value.trim();
                if (next !== field.value && (next !== "" || field.optional)) onChange(withField(step, i, next));
              }}
              onKeyDown={(event) => {
                if (event.key === "Enter") event.currentTarget.blur();
              }}
              data-testid={`step-${at}-field-${i}`}
            />
          ))}
        </div>
      )}
      {after?.problem ? (
        <p className={css.problem}>{after.problem.message}</p>
      ) : (
        after && <Pairs before={before} after={after} most={2} testId={`step-${at}-rows`} />
      )}
    </li>
  );
}

interface StepButtonProps {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: React.ReactNode;
  testId: string;
}

function StepButton({ label, disabled = false, onClick, children, testId }: StepButtonProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={22} aria-label={label} disabled={disabled} onClick={onClick} data-testid={testId}>{children}</ActionIcon>
    </Tooltip>
  );
}

/** Moves a step to the place where the pointer is let go. */
function dragStep(event: PointerEvent<HTMLElement>, from: number, onMove: (to: number) => void) {
  if (event.button !== 0) return;
  event.preventDefault();
  const list = event.currentTarget.closest("ol");
  const cards = () => [...(list?.querySelectorAll<HTMLElement>("[data-step]") ?? [])];
  const under = (y: number) => {
    const boxes = cards().map((card) => card.getBoundingClientRect());
    const found = boxes.findIndex((box) => y < box.bottom);
    return found < 0 ? boxes.length - 1 : found;
  };
  const show = (y: number | null) => cards().forEach((card, i) => card.toggleAttribute("data-over", y !== null && under(y) === i && i !== from));
  const move = (next: globalThis.PointerEvent) => show(next.clientY);
  const end = (last: globalThis.PointerEvent | KeyboardEvent<HTMLElement>) => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", end);
    window.removeEventListener("pointercancel", end);
    show(null);
    if ("clientY" in last && last.type === "pointerup" && under(last.clientY) !== from) onMove(under(last.clientY));
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
}
