import { expect, test } from "vitest";

import { mapping } from "../testing/chinook";
import { chainOf } from "../chain/chain";
import { between } from "./between";
import { withDraft } from "./draft";
import { previewRows } from "./rows";

test("each source row is carried, rejected with its reasons, or left out", () => {
  const rows = previewRows({
    query: "",
    before: { columns: ["a"], rows: [["1"], ["x"], [null], ["4"]] },
    after: { columns: ["b"], rows: [["1"], ["4"]] },
    rows: [0, 3],
    rejects: [
      { row: 1, column: "b", reason: "no number" },
      { row: 1, column: null, reason: "too old" },
    ],
    filtered: [2],
  });
  expect(rows.map((row) => row.outcome)).toEqual([
    { kind: "carried", cells: ["1"] },
    { kind: "rejected", reason: "b: no number; too old" },
    { kind: "filtered" },
    { kind: "carried", cells: ["4"] },
  ]);
});

test("an expression that is being written stands in the place of the one before", () => {
  const before = mapping([{ to: "title", from: ["Title"], state: "confirmed" }]);
  expect(withDraft(before, { to: before.to, column: "title", expression: " upper(1) " }).columns).toEqual([
    { to: "title", from: [], expression: "upper(1)", state: "confirmed" },
  ]);
  expect(withDraft(before, { to: before.from, column: "title", expression: "1" })).toBe(before);
});

test("steps stand between source and target only for the very same rows", () => {
  const preview = {
    query: "",
    before: { columns: ["Name"], rows: [[" a"], [null]] },
    after: { columns: ["name"], rows: [] },
    rejects: [],
    filtered: [],
    rows: [],
  };
  const looked = { query: "", more_queries: 0, rows: 2, sampled: false };
  const step = (...values: (string | null)[]) => ({ values, failures: [] });
  const chain = chainOf('upper(trim("Name"))');
  const same = { looked, steps: [step(" a", null), step("a", null), step("A", null)] };
  expect(between(preview, chain, same)).toEqual([
    { name: "trim", values: ["a", null] },
    { name: "upper", values: ["A", null] },
  ]);
  expect(between(preview, chain, { looked, steps: [step("b", null), step("b", null), step("B", null)] })).toEqual([]);
  expect(between(preview, chain, undefined)).toEqual([]);
});
