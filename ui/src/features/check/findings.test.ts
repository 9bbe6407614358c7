import { expect, test } from "vitest";
import type { Finding, Plan, Severity } from "../../bindings";
import { bunched, confirmations, grouped, hindrance, sharedChoices } from "./findings";

const album = { schema: "main", table: "album" };
const finding = (severity: Severity, code: Finding["code"] = "no-snapshot", message = "it is so"): Finding => ({
  code,
  severity,
  table: album,
  message,
  remedy: "Do something.",
});
const plan = (part: Partial<Plan>): Plan => ({
  fingerprint: "f",
  steps: [],
  findings: [],
  cycles: [],
  statements: [],
  consistency: "",
  ...part,
});
const wipe = { table: album, when: "before-load", sql: "delete from album", destructive: true } as const;

test("findings are grouped worst first, in the plan's order inside a group", () => {
  const findings = [finding("note", "no-snapshot", "1"), finding("blocks", "no-snapshot", "2"), finding("note", "no-snapshot", "3")];
  expect(grouped(findings).map((group) => [group.severity, group.findings.map((each) => each.message)])).toEqual([
    ["blocks", ["2"]],
    ["note", ["1", "3"]],
  ]);
});

test("a statement that deletes is confirmed once, in the words of the finding that announces it", () => {
  const found = confirmations(plan({ statements: [wipe], findings: [finding("confirm", "deletes-rows", "the 3 rows are deleted first")] }));
  expect(found).toEqual([{ key: "statement 0", text: "The 3 rows are deleted first.", sql: "delete from album" }]);
});

test("every other finding to confirm is confirmed on its own", () => {
  const found = confirmations(plan({ statements: [wipe], findings: [finding("confirm", "production-target")] }));
  expect(found.map((each) => each.key)).toEqual(["statement 0", "finding 0"]);
});

test("a run waits for what blocks, then for what is to be confirmed; a dry run only for what blocks", () => {
  const blocked = plan({ findings: [finding("blocks"), finding("confirm")] });
  expect(hindrance(blocked, new Set(), true)).toBe("One finding blocks the run.");
  const open = plan({ statements: [wipe, wipe] });
  expect(hindrance(open, new Set(), false)).toBe("2 things are to be confirmed.");
  expect(hindrance(open, new Set(["statement 0"]), false)).toBe("One thing is to be confirmed.");
  expect(hindrance(open, new Set(["statement 0", "statement 1"]), false)).toBeNull();
  expect(hindrance(open, new Set(), true)).toBeNull();
});

test("the same finding on many tables is one bunch", () => {
  const bunches = bunched([finding("note"), finding("note", "unique-at-risk"), finding("note")]);
  expect(bunches.map((each) => [each.code, each.findings.length])).toEqual([["no-snapshot", 2], ["unique-at-risk", 1]]);
});

test("only what every finding of a bunch offers is offered for all of them", () => {
  const asNull = (table: number, column: string) =>
    ({ label: "Read as NULL", edit: { edit: "reading", table, column, reading: { unreadable: "null" } } }) as const;
  const asText = { label: "Read as text", edit: { edit: "reading", table: 0, column: "a", reading: { as: "text" } } } as const;
  const both = [
    { ...finding("blocks"), choices: [asNull(0, "a"), asText] },
    { ...finding("blocks"), choices: [asNull(1, "b")] },
  ];
  expect(sharedChoices(both).map(({ label, taken }) => [label, taken.length])).toEqual([["Read as NULL", 2]]);
  expect(sharedChoices([finding("blocks")])).toEqual([]);
});
