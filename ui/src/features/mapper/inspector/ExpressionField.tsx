/**
 * An expression or a filter being written: editor, what is wrong with it, its result, and the functions to choose from.
 *
 * What is typed is a draft until it is applied: by the button, by Ctrl+Enter, or by leaving the field when it is right.
 */
import { Button, TextInput } from "@mantine/core";
import { useMemo, useRef, useState } from "react";

import type { FunctionDescription, TableName } from "../../../bindings";
import { useCall } from "../../../app/query";
import type { TreeTable } from "../model/tree";
import { typeName } from "../model/types";
import { ExpressionEditor, type EditorHandle } from "./ExpressionEditor";
import css from "./Inspector.module.css";
import { useAnalysis } from "./useAnalysis";

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
}

const NONE: readonly FunctionDescription[] = [];

/** Give it a key that changes with what is edited: the draft goes with it. */
export function ExpressionField({ from, source, saved, isFilter = false, label, placeholder, testId, onDraft, onApply }: ExpressionFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const [palette, setPalette] = useState(false);
  const editor = useRef<EditorHandle>(null);
  const functions = useCall("functions", {}, { staleTime: Infinity }).data ?? NONE;
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
  const result = analysed?.analysis.result;

  return (
    <>
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
        <Button variant="subtle" aria-expanded={palette} onClick={() => setPalette(!palette)} data-testid={`${testId}-functions`}>
          Functions
        </Button>
      </div>
      {palette && <Palette functions={functions} onChoose={(name) => editor.current?.wrap(name)} />}
    </>
  );
}

function Palette({ functions, onChoose }: { functions: readonly FunctionDescription[]; onChoose: (name: string) => void }) {
  const [search, setSearch] = useState("");
  const text = search.trim().toLowerCase();
  const found = functions
    .filter((each) => [each.name, each.group, each.description].some((part) => part.toLowerCase().includes(text)))
    .sort((a, b) => Number(b.name.startsWith(text)) - Number(a.name.startsWith(text)));
  return (
    <>
      <TextInput
        aria-label="Search the functions"
        placeholder="trim, date, condition…"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        data-testid="function-search"
      />
      <div className={css.functions}>
        {found.slice(0, 60).map((each) => (
          <button
            key={each.name}
            type="button"
            className={css.function}
            // The editor keeps its focus and what is selected in it.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(each.name)}
            title={each.example}
            data-testid={`function-${each.name}`}
          >
            <code>{each.signature}</code>
            <span>{each.description}</span>
          </button>
        ))}
        {found.length === 0 && <p className={css.hint} style={{ padding: 8 }}>No function is like that.</p>}
        {found.length > 60 && <p className={css.hint} style={{ padding: 8 }}>{found.length - 60} more: search for them.</p>}
      </div>
    </>
  );
}
