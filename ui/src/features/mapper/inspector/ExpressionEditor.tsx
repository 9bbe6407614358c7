/** SQL over the source row, with completion, and what is wrong with it underlined where it is. */
import { autocompletion, closeBrackets, closeBracketsKeymap, type Completion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap, placeholder as placeholderText } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useImperativeHandle, useRef, type Ref } from "react";

import type { ExpressionProblem, FunctionDescription } from "../../../bindings";
import { quoted } from "../../../document";

export interface EditorHandle {
  /** Replaces what is selected, or all of it, by what is made of it. */
  replace: (make: (inside: string) => string) => void;
}

interface ExpressionEditorProps {
  value: string;
  onChange: (text: string) => void;
  /** Ctrl+Enter. */
  onApply: () => void;
  onBlur?: () => void;
  columns: readonly { name: string; type: string }[];
  functions: readonly FunctionDescription[];
  problem: ExpressionProblem | null;
  label: string;
  placeholder: string;
  testId: string;
  ref?: Ref<EditorHandle>;
}

/** Columns stand out; keywords and literals differ without shouting. Light and dark come from the variables. */
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--caution-text)" },
  { tag: [tags.string, tags.number, tags.bool, tags.null], color: "var(--good-text)" },
  { tag: tags.special(tags.string), color: "var(--accent-text)" },
  { tag: tags.comment, color: "var(--text-dim)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { fontSize: "12px", backgroundColor: "var(--surface)", color: "inherit" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": { fontFamily: "var(--mantine-font-family-monospace)", padding: "6px 0", minHeight: "44px", caretColor: "currentColor" },
  ".cm-placeholder": { color: "var(--text-dim)" },
  ".cm-cursor": { borderLeftColor: "currentColor" },
  ".cm-scroller": { maxHeight: "140px", lineHeight: "18px" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", borderColor: "var(--line-strong)", color: "inherit" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent-soft)", color: "inherit" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--problem-text)",
    textUnderlineOffset: "3px",
  },
});

export function ExpressionEditor(props: ExpressionEditorProps) {
  const { value, columns, functions, problem, label, placeholder, testId, ref } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const language = useRef(new Compartment());
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const parent = host.current;
    if (!parent) return;
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          history(),
          bracketMatching(),
          closeBrackets(),
          autocompletion(),
          language.current.of([]),
          syntaxHighlighting(colours),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label, "data-testid": testId }),
          placeholderText(placeholder),
          look,
          keymap.of([
            { key: "Mod-Enter", run: () => (latest.current.onApply(), true) },
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
          EditorView.domEventHandlers({ blur: () => latest.current.onBlur?.() }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [label, placeholder, testId]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({ effects: language.current.reconfigure(completing(columns, functions)) });
  }, [columns, functions]);

  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, problem ? [diagnostic(editor.state, problem)] : []));
  }, [problem, value]);

  useImperativeHandle(ref, () => ({
    replace: (make) => {
      const editor = view.current;
      if (!editor) return;
      const { from, to, empty } = editor.state.selection.main;
      const range = empty ? { from: 0, to: editor.state.doc.length } : { from, to };
      const insert = make(editor.state.sliceDoc(range.from, range.to));
      editor.dispatch({ changes: { ...range, insert }, selection: { anchor: range.from + insert.length } });
      editor.focus();
    },
  }));

  return <div ref={host} />;
}

function completing(columns: ExpressionEditorProps["columns"], functions: readonly FunctionDescription[]) {
  const options: Completion[] = [
    ...columns.map(({ name, type }): Completion => ({ label: name, apply: quoted(name), detail: type, type: "property", boost: 2 })),
    ...functions.map(({ name, signature, description }): Completion => ({ label: name, apply: `${name}(`, detail: signature, info: description, type: "function" })),
  ];
  const language = sql({ dialect: PostgreSQL, upperCaseKeywords: false });
  return [
    language,
    language.language.data.of({
      autocomplete: (context: { matchBefore: (pattern: RegExp) => { from: number; text: string } | null; explicit: boolean }) => {
        const word = context.matchBefore(/"?[\p{L}_][\p{L}\p{N}_]*/u);
        return word || context.explicit ? { from: word?.from ?? 0, options, validFor: /^"?[\p{L}\p{N}_]*$/u } : null;
      },
    }),
  ];
}

/** From the character at fault to the end of its word. Lines and characters count from one. */
export function diagnostic(state: EditorState, { message, line, character }: ExpressionProblem): Diagnostic {
  const end = state.doc.length;
  if (line == null || line < 1 || line > state.doc.lines) return { from: 0, to: end, severity: "error", message };
  const text = state.doc.line(line);
  // The engine counts characters, the editor UTF-16 units.
  const before = [...text.text].slice(0, Math.max(0, (character ?? 1) - 1)).join("").length;
  const from = Math.min(text.from + before, text.to);
  const word = /^("[^"]*"|[\p{L}\p{N}_]+|.)/u.exec(state.sliceDoc(from, text.to));
  return { from: from === text.to ? Math.max(text.from, from - 1) : from, to: Math.min(end, from + (word?.[0].length ?? 0)), severity: "error", message };
}
