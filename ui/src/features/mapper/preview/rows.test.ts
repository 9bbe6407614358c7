import { expect, test } from "vitest";

import { mapping } from "../testing/chinook";
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
