/**
 * An expression as a chain: a value, and steps that are done to it one after the other.
 *
 * The text is the truth. A chain is read from it, and written back to it; what is no chain is a start without steps.
 */
import { closing, isSign, isWord, outside, type Token, tokensOf } from "./tokens";

export type Step =
  /** `replace(·, 'a', 'b')`: `at` is the place of the value among the arguments, which hold the others. */
  | { kind: "call"; name: string; args: string[]; at: number }
  /** `cast(· as int)`. */
  | { kind: "cast"; name: string; type: string }
  /** `case · when 'A' then 'Active' else 'Unknown' end`: `cases` is what stands between the value and `end`. */
  | { kind: "case"; cases: string }
  /** `· || ' EUR'`: `rest` is what is added behind. */
  | { kind: "append"; rest: string };

export interface Chain {
  start: string;
  /** The first is done first. */
  steps: Step[];
}

/** Words between a function's arguments that make it a form of its own, such as `extract(year from x)`. */
const FORMS = ["from", "for", "in", "as", "both", "leading", "trailing", "distinct"];

export function chainOf(text: string): Chain {
  const steps: Step[] = [];
  let rest = text.trim();
  for (;;) {
    const outer = lastStep(rest);
    if (!outer) return { start: rest, steps };
    steps.unshift(outer.step);
    rest = outer.inner;
  }
}

export function textOf({ start, steps }: Chain): string {
  return steps.reduce(around, start.trim());
}

/** The text after each of the steps; the first is the start. */
export function textsOf({ start, steps }: Chain): string[] {
  const texts = [start.trim()];
  for (const step of steps) texts.push(around(texts[texts.length - 1], step));
  return texts;
}

function around(inner: string, step: Step): string {
  switch (step.kind) {
    case "call":
      return `${step.name}(${[...step.args.slice(0, step.at), inner, ...step.args.slice(step.at)].join(", ")})`;
    case "cast":
      return step.name === "::" ? `${operand(inner)}::${step.type}` : `${step.name}(${inner} as ${step.type})`;
    case "case":
      return `case ${inner} ${step.cases} end`;
    case "append":
      return `${operand(inner)} || ${step.rest}`;
  }
}

/** The outermost step of an expression, and what it is done to. */
function lastStep(text: string): { step: Step; inner: string } | null {
  const tokens = tokensOf(text);
  if (!tokens || tokens.length < 2) return null;
  return appended(text, tokens) ?? castBehind(text, tokens) ?? lookedUp(text, tokens) ?? called(text, tokens);
}

function appended(text: string, tokens: readonly Token[]) {
  const [first] = outside(tokens, isSign("||"));
  if (first === undefined || !isOperand(tokens.slice(0, first))) return null;
  // With other operators beside it, what binds to what is not ours to say.
  const others = outside(tokens.slice(first), (token) => token.kind === "sign" && !"()[],.".includes(token.text) && token.text !== "||" && token.text !== "::");
  if (others.length > 0 || outside(tokens, isKeyword).length > 0) return null;
  if (isLiteral(tokens.slice(0, first))) return null;
  return { step: { kind: "append" as const, rest: text.slice(tokens[first].to).trim() }, inner: text.slice(0, tokens[first].from).trim() };
}

function castBehind(text: string, tokens: readonly Token[]) {
  const last = outside(tokens, isSign("::")).at(-1);
  if (last === undefined || !isOperand(tokens.slice(0, last))) return null;
  const type = tokens.slice(last + 1);
  const isType = type[0]?.kind === "word" && (type.length === 1 || (isSign("(")(type[1]) && closing(type, 1) === type.length - 1));
  if (!isType) return null;
  return { step: { kind: "cast" as const, name: "::", type: text.slice(tokens[last].to).trim() }, inner: text.slice(0, tokens[last].from).trim() };
}

function lookedUp(text: string, tokens: readonly Token[]) {
  if (!isWord("case")(tokens[0]) || !isWord("end")(tokens.at(-1)) || outside(tokens.slice(0, -1), () => true).length !== 1) return null;
  const inside = tokens.slice(1, -1);
  const [when] = outside(inside, isWord("when"));
  if (when === undefined || when === 0 || isLiteral(inside.slice(0, when))) return null;
  const cases = text.slice(inside[when].from, inside[inside.length - 1].to);
  return { step: { kind: "case" as const, cases }, inner: text.slice(inside[0].from, inside[when - 1].to) };
}

function called(text: string, tokens: readonly Token[]) {
  const [name, bracket] = tokens;
  if (name.kind !== "word" || !isSign("(")(bracket) || closing(tokens, 1) !== tokens.length - 1) return null;
  const inside = tokens.slice(2, -1);
  if (inside.length === 0) return null;
  const cut = (list: readonly Token[]) => text.slice(list[0].from, list[list.length - 1].to);
  if (/^(try_)?cast$/i.test(name.text)) {
    const as = outside(inside, isWord("as")).at(-1);
    if (as === undefined || as === 0 || as === inside.length - 1) return null;
    return { step: { kind: "cast" as const, name: name.text, type: cut(inside.slice(as + 1)) }, inner: cut(inside.slice(0, as)) };
  }
  if (outside(inside, (token) => token.kind === "word" && FORMS.includes(token.text.toLowerCase())).length > 0) return null;
  const parts: Token[][] = [];
  let from = 0;
  for (const comma of [...outside(inside, isSign(",")), inside.length]) {
    parts.push(inside.slice(from, comma));
    from = comma + 1;
  }
  if (parts.some((part) => part.length === 0)) return null;
  const at = parts.findIndex((part) => !isLiteral(part));
  if (at < 0) return null;
  const args = parts.filter((_, i) => i !== at).map(cut);
  return { step: { kind: "call" as const, name: name.text, args, at }, inner: cut(parts[at]) };
}

/** What stands on its own beside an operator: one word, one call, something in brackets. */
function isOperand(tokens: readonly Token[]): boolean {
  if (tokens.length === 0) return false;
  const [first, second] = tokens;
  if (isSign("(")(first)) return closing(tokens, 0) === tokens.length - 1;
  if (first.kind === "sign") return false;
  if (tokens.length === 1) return !isKeyword(first);
  if (first.kind === "word" && isSign("(")(second)) return closing(tokens, 1) === tokens.length - 1 || castOn(tokens);
  return castOn(tokens);
}

function castOn(tokens: readonly Token[]): boolean {
  const last = outside(tokens, isSign("::")).at(-1);
  return last !== undefined && last > 0 && isOperand(tokens.slice(0, last)) && isOperand(tokens.slice(last + 1));
}

const KEYWORDS = ["and", "or", "not", "is", "like", "ilike", "between", "in", "similar", "collate", "at", "interval"];
const isKeyword = (token: Token) => token.kind === "word" && KEYWORDS.includes(token.text.toLowerCase());

/** The same in every row, as far as it can be seen: no name that could be a column. */
function isLiteral(tokens: readonly Token[]): boolean {
  const words = ["null", "true", "false", "interval", "date", "timestamp", "time"];
  return tokens.every((token) => token.kind !== "quoted" && (token.kind !== "word" || words.includes(token.text.toLowerCase())));
}

function operand(text: string): string {
  const tokens = tokensOf(text);
  return tokens && isOperand(tokens) ? text : `(${text})`;
}

/** The chain with other steps. */
export function moved({ start, steps }: Chain, from: number, to: number): Chain {
  const next = [...steps];
  const [step] = next.splice(from, 1);
  if (step) next.splice(Math.min(Math.max(to, 0), next.length), 0, step);
  return { start, steps: next };
}

export const without = ({ start, steps }: Chain, at: number): Chain => ({ start, steps: steps.filter((_, i) => i !== at) });

export const replaced = ({ start, steps }: Chain, at: number, step: Step): Chain => ({
  start,
  steps: steps.map((each, i) => (i === at ? step : each)),
});

export const added = ({ start, steps }: Chain, step: Step): Chain => ({ start, steps: [...steps, step] });

export function stepName(step: Step): string {
  switch (step.kind) {
    case "call":
      return step.name;
    case "cast":
      return step.name === "::" ? "cast" : step.name;
    case "case":
      return "case";
    case "append":
      return "append";
  }
}
