/**
 * Names of columns inside an expression, without understanding the expression.
 *
 * Texts and comments are left alone, and so are names of functions. What SQL means is the engine's to say: it checks the
 * expression afterwards as it does any other.
 */
import { quoted } from "./model";

const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|[\p{L}_][\p{L}\p{N}_$]*|[\s\S]/gu;

/** The expression with another name for one of its columns. */
export function renameInSql(sql: string, from: string, to: string): string {
  const tokens = sql.match(TOKENS) ?? [];
  return tokens
    .map((token, at) => {
      const bare = /^[\p{L}_]/u.test(token);
      if (bare && token === from && !isCalled(tokens, at)) return quoted(to);
      return token.startsWith('"') && token.length > 1 && token.slice(1, -1).replaceAll('""', '"') === from ? quoted(to) : token;
    })
    .join("");
}

function isCalled(tokens: readonly string[], at: number): boolean {
  let next = at + 1;
  while (/^\s$/.test(tokens[next] ?? "")) next += 1;
  return tokens[next] === "(";
}
