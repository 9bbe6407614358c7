/**
 * Makes a draft equal to another document with as few changes as their shapes allow.
 *
 * Saving brings the document up to date; the history keeps its patches only if what did not change stays untouched.
 */
type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };

export function become(draft: object, next: object): void {
  const to = next as Record<string, Json>;
  const on = draft as Record<string, Json>;
  for (const key of Object.keys(on)) if (to[key] === undefined && on[key] !== undefined) delete on[key];
  for (const [key, value] of Object.entries(to)) {
    if (value === undefined) continue;
    on[key] = settle(on[key], value);
  }
}

function settle(before: Json, after: Json): Json {
  if (before === after) return before;
  if (Array.isArray(before) && Array.isArray(after)) {
    if (before.length !== after.length) return after;
    for (let i = 0; i < after.length; i += 1) {
      const value = settle(before[i], after[i]);
      if (value !== before[i]) before[i] = value;
    }
    return before;
  }
  if (isObject(before) && isObject(after)) {
    become(before, after);
    return before;
  }
  return after;
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
