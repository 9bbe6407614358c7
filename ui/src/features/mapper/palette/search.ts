/** Which functions a search finds, and in which order. The functions themselves are the engine's. */
import type { FunctionDescription } from "../../../bindings";

/** Those that a migration needs most come first; a name that the engine does not have is passed over. */
const OFTEN = [
  "trim", "upper", "lower", "initcap", "cast", "try_cast", "coalesce", "nullif", "replace", "substr", "split_part",
  "concat_ws", "case", "||", "round", "to_date", "to_timestamp", "date_trunc", "date_part", "regexp_replace", "lpad",
];

export function foundFunctions(functions: readonly FunctionDescription[], search: string): FunctionDescription[] {
  const words = search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (each: FunctionDescription) => {
    const [first] = words;
    const often = OFTEN.indexOf(each.name);
    const byUse = often < 0 ? OFTEN.length : often;
    if (first === undefined) return byUse;
    return (each.name === first ? 0 : each.name.startsWith(first) ? 100 : each.name.includes(first) ? 200 : 300) + byUse;
  };
  return functions
    .filter((each) => words.every((word) => [each.name, each.group, each.description].some((part) => part.toLowerCase().includes(word))))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}
