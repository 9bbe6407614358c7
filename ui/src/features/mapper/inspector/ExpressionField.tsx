/**
 * An expression or a filter being written: editor, what is wrong with it, its result, and the functions to choose from.
 *
 * What is typed is a draft until it is applied: by the button, by Ctrl+Enter, or by leaving the field when it is right.
 */
import { Button } from "@mantine/core";
import { type ReactNode, useMemo, useRef, useState } from "react";

import type { FunctionDescription, TableName } from "../../../bindings";
import { added, chainOf, textOf } from "../chain/chain";
import { stepOf } from "../chain/fields";
import { Palette, useFunctions } from "../palette/Palette";
import type { TreeTable } from "../model/tree";
import { typeName } from "../model/types";
import { useProject } from "../../../document";
import { ExpressionEditor, type EditorHandle } from "./ExpressionEditor";
import css from "./Inspector.module.css";
import { analyse, useAnalysis } from "./useAnalysis";

interface ExpressionFieldProps {
  from: TableName;
  source: TreeTable | undefined;
  /** As it is in the document. */
  saved: string;
  isFilter?: boolean;
  label: string;
  placeholder: string;
  testId: string;
  onDraft?: (text: string | null) => void;
  onApply: (text: string, references: string[]) => void;
  /** Another way to write the same text, above the editor. */
  above?: (text: string, onText: (text: string) => void) => ReactNode;
}

/** A call of the function around a text; what else it needs comes from its example. */
function called(chosen: FunctionDescription, inside: string): string {
  const step = stepOf(chosen);
  if (!step) return inside.trim() === "" ? chosen.example : `${inside}${chosen.example}`;
  return textOf(added(inside.trim() === "" ? { start: "", steps: [] } : chainOf(inside), step));
}

/** Give it a key that changes with what is edited: the draft goes with it. */
export function ExpressionField({ from, source, saved, isFilter = false, label, placeholder, testId, onDraft, onApply, above }: ExpressionFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const [palette, setPalette] = useState(false);
  const editor = useRef<EditorHandle>(null);
  const project = useProject((state) => state.project?.id);
  const functions = useFunctions();
  const text = draft ?? saved;
  const analysed = useAnalysis(from, text, isFilter);
  const problem = analysed?.analysis.problem ?? null;
  const changed = draft !== null && draft.trim() !== saved.trim();
  const columns = useMemo(() => source?.columns.map(({ name, nativeType }) => ({ name, type: nativeType })) ?? [], [source]);

  const change = (next: string) => {
    setDraft(next === saved ? null : next);
    onDraft?.(next === saved ? null : next);
  };
  const apply = () => {
    if (!changed || problem) return;
    onApply(text.trim(), analysed?.analysis.references ?? []);
    setDraft(null);
    onDraft?.(null);
  };
  /** Takes over a text that was written another way; one with a mistake too, since it is seen there. */
  const take = (next: string) => {
    setDraft(null);
    onDraft?.(null);
    if (project === undefined || next.trim() === saved.trim()) return;
    analyse(project, from, next, isFilter).then(
      ({ references }) => onApply(next, references),
      () => onApply(next, []),
    );
  };
  const result = analysed?.analysis.result;

  return (
    <>
      {above?.(text, take)}
      <div className={css.editor}>
        <ExpressionEditor
          ref={editor}
          value={text}
          onChange={change}
          onApply={apply}
          onBlur={() => {
            if (analysed) apply();
          }}
          columns={columns}
          functions={functions}
          problem={problem}
          label={label}
          placeholder={placeholder}
          testId={testId}
        />
      </div>
      <div className={css.result} data-problem={problem !== null || undefined} role="status" data-testid={`${testId}-result`}>
        {problem ? problem.message : result && !isFilter ? `Gives ${typeName(result)}` : ""}
      </div>
      <div className={css.buttons}>
        <Button disabled={!changed || problem !== null} onClick={apply} data-testid={`${testId}-apply`}>Apply</Button>
        {changed && (
          <Button
            variant="default"
            onClick={() => {
              setDraft(null);
              onDraft?.(null);
            }}
          >
            Discard
          </Button>
        )}
        <Button variant="subtle" onClick={() => setPalette(true)} data-testid={`${testId}-functions`}>
          Functions
        </Button>
      </div>
      {palette && <Palette onClose={() => setPalette(false)} onChoose={(chosen) => editor.current?.replace((inside) => called(chosen, inside))} />}
    </>
  );
}
