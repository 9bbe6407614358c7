/** An expression as words, as far as finding the ends of calls and operands needs it. The engine alone parses SQL. */
export interface Token {
  kind: "word" | "quoted" | "text" | "number" | "sign";
  text: string;
  from: number;
  to: number;
}

const PATTERN =
  /(?<space>\s+)|(?<comment>--|\/\*)|(?<text>'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*")|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<sign>::|\|\||[<>!=]=|<>|.)/suy;

/** `null` where it is no plain expression: a comment, an open quote, brackets that do not close. */
export function tokensOf(text: string): Token[] | null {
  const tokens: Token[] = [];
  const open: string[] = [];
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < text.length) {
    const from = PATTERN.lastIndex;
    const groups = PATTERN.exec(text)?.groups;
    if (!groups || groups.comment !== undefined) return null;
    if (groups.space !== undefined) continue;
    const kind = (["text", "quoted", "number", "word", "sign"] as const).find((each) => groups[each] !== undefined)!;
    const token: Token = { kind, text: groups[kind], from, to: PATTERN.lastIndex };
    if (kind === "sign" && (token.text === "'" || token.text === '"')) return null;
    if (kind === "sign" && "([".includes(token.text)) open.push(token.text);
    if (kind === "sign" && ")]".includes(token.text) && open.pop() !== (token.text === ")" ? "(" : "[")) return null;
    tokens.push(token);
  }
  return open.length === 0 ? tokens : null;
}

/** Position of the bracket that closes the one at `at`. */
export function closing(tokens: readonly Token[], at: number): number {
  let depth = 0;
  for (let i = at; i < tokens.length; i += 1) {
    const token = tokens[i];
    if (token.kind !== "sign") continue;
    if ("([".includes(token.text)) depth += 1;
    if (")]".includes(token.text)) depth -= 1;
    if (depth === 0) return i;
  }
  return -1;
}

/** Positions of tokens outside of brackets that `wanted` holds of; `case … end` counts as brackets. */
export function outside(tokens: readonly Token[], wanted: (token: Token) => boolean): number[] {
  const found: number[] = [];
  let depth = 0;
  tokens.forEach((token, i) => {
    const word = token.kind === "word" ? token.text.toLowerCase() : "";
    if (token.kind === "sign" && ")]".includes(token.text)) depth -= 1;
    if (word === "end") depth -= 1;
    if (depth === 0 && wanted(token)) found.push(i);
    if (token.kind === "sign" && "([".includes(token.text)) depth += 1;
    if (word === "case") depth += 1;
  });
  return found;
}

export const isSign = (text: string) => (token: Token | undefined) => token?.kind === "sign" && token.text === text;
export const isWord = (text: string) => (token: Token | undefined) => token?.kind === "word" && token.text.toLowerCase() === text;
