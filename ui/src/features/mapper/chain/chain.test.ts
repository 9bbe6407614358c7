import { expect, test } from "vitest";

import type { FunctionDescription } from "../../../bindings";
import { added, chainOf, moved, replaced, stepName, textOf, textsOf, without } from "./chain";
import { fieldsOf, stepOf, withField } from "./fields";

const names = (text: string) => chainOf(text).steps.map(stepName);

test("nested calls are a chain, the innermost first", () => {
  expect(chainOf('upper(trim("First Name"))')).toEqual({
    start: '"First Name"',
    steps: [
      { kind: "call", name: "trim", args: [], at: 0 },
      { kind: "call", name: "upper", args: [], at: 0 },
    ],
  });
  expect(names("cast(replace(trim(price), ',', '.') as decimal(12,2))")).toEqual(["trim", "replace", "cast"]);
});

test("the value stands where the first argument is that differs from row to row", () => {
  expect(chainOf("date_trunc('month', born)")).toEqual({
    start: "born",
    steps: [{ kind: "call", name: "date_trunc", args: ["'month'"], at: 0 + 1 }],
  });
  expect(chainOf("concat_ws(' ', first, last)").steps[0]).toEqual({ kind: "call", name: "concat_ws", args: ["' '", "last"], at: 1 });
});

test("look-ups, casts behind and texts added behind are steps too", () => {
  expect(chainOf("case upper(state) when 'A' then 'Active' else 'Unknown' end").steps.at(-1)).toEqual({
    kind: "case",
    cases: "when 'A' then 'Active' else 'Unknown'",
  });
  expect(names("trim(a)::decimal(12,2)")).toEqual(["trim", "cast"]);
  expect(chainOf("first || ' ' || last")).toEqual({ start: "first", steps: [{ kind: "append", rest: "' ' || last" }] });
});

test("what is no chain is a start without steps", () => {
  for (const text of [
    "a + b",
    "now()",
    "'Standard'",
    "upper('x')",
    "case when a > 1 then 'x' else 'y' end",
    "extract(year from born)",
    "upper(a) /* why */",
    "upper(a",
    "'it''s",
    "a || b = c",
    "trim(a) || b like '%x'",
    "f(a) + f(b)",
    "(a)",
    "",
  ]) {
    expect(chainOf(text), text).toEqual({ start: text, steps: [] });
  }
});

test("a chain written as text is read as the same chain", () => {
  for (const text of [
    "upper(trim(a))",
    "coalesce(nullif(trim(a), ''), 'none')",
    "concat_ws(', ', \"Last, Name\", b)",
    "case a when 1 then 'x' when 2 then 'y' end",
    "trim(a)::int",
    "upper(a) || ' (' || b || ')'",
    "cast(case a when 1 then 'x' end as varchar)",
    "substr('it''s (not)', a)",
    "round((a + b) * 2, 2)",
  ]) {
    expect(textOf(chainOf(text))).toBe(text);
  }
});

test("a value that is more than one word gets brackets where an operator follows it", () => {
  expect(textOf({ start: "a + b", steps: [{ kind: "append", rest: "' EUR'" }] })).toBe("(a + b) || ' EUR'");
  expect(textOf({ start: "a + b", steps: [{ kind: "cast", name: "::", type: "int" }] })).toBe("(a + b)::int");
  expect(textOf({ start: "a || b", steps: [{ kind: "cast", name: "::", type: "int" }] })).toBe("(a || b)::int");
});

test("steps are moved, taken out, changed and added", () => {
  const chain = chainOf("upper(trim(a))");
  expect(textOf(moved(chain, 1, 0))).toBe("trim(upper(a))");
  expect(textOf(moved(chain, 0, 9))).toBe("trim(upper(a))");
  expect(textOf(without(chain, 0))).toBe("upper(a)");
  expect(textOf(replaced(chain, 0, { kind: "call", name: "ltrim", args: [], at: 0 }))).toBe("upper(ltrim(a))");
  expect(textOf(added(chain, { kind: "cast", name: "cast", type: "varchar" }))).toBe("cast(upper(trim(a)) as varchar)");
  expect(textsOf(chain)).toEqual(["a", "trim(a)", "upper(trim(a))"]);
});

const described = (name: string, example: string, args: [name: string, optional?: boolean][] = [], value_at = 0): FunctionDescription => ({
  name,
  signature: "",
  description: "",
  example,
  group: "",
  arguments: args.map(([each, optional]) => ({ name: each, description: "", optional: optional ?? false })),
  value_at,
});

test("a function becomes a step with what its example gives it", () => {
  const split = described("split_part", "split_part('1.2.3.4.5', '.', 3)", [["str"], ["delimiter"], ["pos"]]);
  expect(stepOf(split)).toEqual({ kind: "call", name: "split_part", args: ["'.'", "3"], at: 0 });
  expect(stepOf(described("date_trunc", "date_trunc('hour', x)", [["precision"], ["expression"]], 1))).toEqual({
    kind: "call",
    name: "date_trunc",
    args: ["'hour'"],
    at: 1,
  });
  expect(stepOf(described("trim", "trim('  a ')", [["str"], ["trim_str", true]]))).toEqual({ kind: "call", name: "trim", args: [], at: 0 });
  expect(stepOf(described("cast", "cast('12.5' as decimal(12,2))"))).toEqual({ kind: "cast", name: "cast", type: "decimal(12,2)" });
  expect(stepOf(described("case", "case 'A' when 'A' then 'Active' end"))).toEqual({ kind: "case", cases: "when 'A' then 'Active'" });
  expect(stepOf(described("now", "now()"))).toBeNull();
});

test("the arguments of a step are fields with the names that the engine gives them", () => {
  const split = described("split_part", "", [["str"], ["delimiter"], ["pos"]]);
  const step = chainOf("split_part(a, ',', 2)").steps[0];
  expect(fieldsOf(step, split).map(({ label, value }) => [label, value])).toEqual([["delimiter", "','"], ["pos", "2"]]);
  expect(textOf({ start: "a", steps: [withField(step, 1, "3")] })).toBe("split_part(a, ',', 3)");
});

test("an argument that may be left out is offered, given and taken back", () => {
  const round = described("round", "round(3.14159)", [["numeric_expression"], ["decimal_places", true]]);
  const plain = stepOf(round)!;
  expect(fieldsOf(plain, round)).toEqual([{ label: "decimal places", help: "", value: "", optional: true }]);
  const given = withField(plain, 0, "2");
  expect(textOf({ start: "a", steps: [given] })).toBe("round(a, 2)");
  expect(textOf({ start: "a", steps: [withField(given, 0, "")] })).toBe("round(a)");
});

test("a lookup is a table of values: changed, made longer, shortened, with what all others become", () => {
  const step = chainOf("case state when 'A' then 'Active' when 'I' then upper('inactive') else 'Unknown' end").steps[0];
  const shown = fieldsOf(step, undefined).map(({ label, value }) => `${label} ${value}`.trim());
  expect(shown).toEqual(["when 'A'", "then 'Active'", "when 'I'", "then upper('inactive')", "one more", "else 'Unknown'"]);
  const text = (at: number, value: string) => textOf({ start: "s", steps: [withField(step, at, value)] });
  expect(text(1, "'On'")).toBe("case s when 'A' then 'On' when 'I' then upper('inactive') else 'Unknown' end");
  expect(text(2, "")).toBe("case s when 'A' then 'Active' else 'Unknown' end");
  expect(text(4, "'X'")).toBe("case s when 'A' then 'Active' when 'I' then upper('inactive') when 'X' then 'X' else 'Unknown' end");
  expect(text(5, "")).toBe("case s when 'A' then 'Active' when 'I' then upper('inactive') end");
});
