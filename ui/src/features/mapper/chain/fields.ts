/** The parts of a step that a person fills in, and how a function of the engine becomes a step. */
import type { FunctionDescription } from "../../../bindings";
import { chainOf, type Step } from "./chain";
import { closing, isSign, outside, tokensOf } from "./tokens";

export interface StepField {
  label: string;
  help: string;
  value: string;
  /** May be left empty. */
  optional?: boolean;
}

export function fieldsOf(step: Step, known: FunctionDescription | undefined): StepField[] {
  switch (step.kind) {
    case "call": {
      const names = (known?.arguments ?? []).filter((_, i) => i !== step.at);
      // One that may be left out is offered when those before it are there.
      const values = names[step.args.length]?.optional ? [...step.args, ""] : step.args;
      return values.map((value, i) => ({
        label: wordOf(names[i]?.name) ?? `argument ${i + 1}`,
        help: names[i]?.description ?? "",
        value,
        optional: i >= step.args.length || (i === step.args.length - 1 && (names[i]?.optional ?? false)),
      }));
    }
    case "cast":
      return [{ label: "type", help: "Such as int, decimal(12,2), date, timestamp or varchar.", value: step.type }];
    case "case":
      return caseFields(step.cases);
    case "append":
      return [{ label: "text", help: "What is added behind: a text in quotes, or a column.", value: step.rest }];
  }
}

/** DataFusion names a repeated argument `expression_n`. */
function wordOf(name: string | undefined): string | undefined {
  return name?.replace(/_n$/, "").replaceAll("_", " ");
}

export function withField(step: Step, at: number, value: string): Step {
  switch (step.kind) {
    case "call":
      if (value === "") return { ...step, args: step.args.slice(0, at) };
      return { ...step, args: [...step.args.slice(0, at), value, ...step.args.slice(at + 1)] };
    case "cast":
      return { ...step, type: value };
    case "case":
      return { ...step, cases: withCase(step.cases, at, value) };
    case "append":
      return { ...step, rest: value };
  }
}

/** `when … then …` pairs and what else; `null` where it is not plainly that. */
interface Cases {
  pairs: { when: string; then: string }[];
  other: string | null;
}

function casesOf(text: string): Cases | null {
  const tokens = tokensOf(text);
  if (!tokens) return null;
  const words = outside(tokens, (token) => token.kind === "word" && /^(when|then|else)$/i.test(token.text));
  const parts = words.map((at, i) => ({
    word: tokens[at].text.toLowerCase(),
    text: text.slice(tokens[at].to, words[i + 1] === undefined ? text.length : tokens[words[i + 1]].from).trim(),
  }));
  const last = parts.at(-1);
  const other = last?.word === "else" ? parts.pop()!.text : null;
  const pairs: Cases["pairs"] = [];
  for (let i = 0; i < parts.length; i += 2) {
    if (parts[i].word !== "when" || parts[i + 1]?.word !== "then") return null;
    pairs.push({ when: parts[i].text, then: parts[i + 1].text });
  }
  return pairs.length > 0 ? { pairs, other } : null;
}

function textOfCases({ pairs, other }: Cases): string {
  return [...pairs.map(({ when, then }) => `when ${when} then ${then}`), ...(other === null ? [] : [`else ${other}`])].join(" ");
}

/** A lookup as a table: each value beside what it becomes, a row for one more, and what all others become. */
function caseFields(text: string): StepField[] {
  const cases = casesOf(text);
  if (!cases) return [{ label: "cases", help: "Such as when 'A' then 'Active' else 'Unknown'.", value: text }];
  return [
    ...cases.pairs.flatMap(({ when, then }) => [
      { label: "when", help: "A value. Leave it empty to take this row out.", value: when, optional: true },
      { label: "then", help: "What it becomes.", value: then },
    ]),
    { label: "one more", help: "Another value; what it becomes is asked then.", value: "", optional: true },
    { label: "else", help: "What all other values become; NULL when it is left out.", value: cases.other ?? "", optional: true },
  ];
}

function withCase(text: string, at: number, value: string): string {
  const cases = casesOf(text);
  if (!cases) return value;
  const { pairs, other } = cases;
  const row = Math.floor(at / 2);
  if (at === pairs.length * 2) return value === "" ? text : textOfCases({ pairs: [...pairs, { when: value, then: value }], other });
  if (at > pairs.length * 2) return textOfCases({ pairs, other: value === "" ? null : value });
  if (at % 2 === 1) return textOfCases({ pairs: pairs.map((pair, i) => (i === row ? { ...pair, then: value } : pair)), other });
  const next = value === "" ? pairs.filter((_, i) => i !== row) : pairs.map((pair, i) => (i === row ? { ...pair, when: value } : pair));
  return textOfCases({ pairs: next.length > 0 ? next : pairs, other });
}

/** The function as a step; what it needs beside the value comes from its example, to be changed. */
export function stepOf(described: FunctionDescription): Step | null {
  const { name, arguments: documented, value_at } = described;
  const values = argumentsIn(described.example, name);
  if (name === "cast" || name === "try_cast") {
    const cast = chainOf(described.example.replace(/'[^']*'/, "x")).steps.at(-1);
    return { kind: "cast", name, type: cast?.kind === "cast" ? cast.type : "varchar" };
  }
  if (name === "case") {
    const cases = /^case\s+\S+\s+(when.*)\s+end$/i.exec(described.example)?.[1];
    return { kind: "case", cases: cases ?? "when 'A' then 'Active' else 'Unknown'" };
  }
  if (name === "||") return { kind: "append", rest: "' '" };
  if (documented.length === 0) return values && values.length > 0 ? { kind: "call", name, args: values.slice(1), at: 0 } : null;
  const needed = documented.filter((each, i) => i === value_at || !each.optional).length;
  const before = Array.from({ length: Math.max(needed, 1) }, (_, i) => values?.[i] ?? "''");
  return { kind: "call", name, args: before.filter((_, i) => i !== value_at), at: Math.min(value_at, before.length - 1) };
}

/** The arguments of a call of this function, as they stand in an example; `null` when it is none. */
function argumentsIn(example: string, name: string): string[] | null {
  const tokens = tokensOf(example);
  if (!tokens || tokens.length < 3 || tokens[0].text.toLowerCase() !== name || !isSign("(")(tokens[1])) return null;
  const end = closing(tokens, 1);
  const inside = tokens.slice(2, end);
  if (inside.length === 0) return [];
  const cuts = [-1, ...outside(inside, isSign(",")), inside.length];
  return cuts.slice(1).map((cut, i) => {
    const part = inside.slice(cuts[i] + 1, cut);
    return part.length === 0 ? "" : example.slice(part[0].from, part[part.length - 1].to);
  });
}
