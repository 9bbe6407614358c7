import { expect, test } from "vitest";
import type { RunSummary } from "../../bindings";
import { choicesOf, selected } from "./select";

const run = (id: string, project: string, name: string, outcome: RunSummary["outcome"]): RunSummary => ({
  run: id,
  project,
  project_name: name,
  dry_run: false,
  status: "completed",
  outcome,
  started_at: "2026-01-01T00:00:00Z",
  seconds: 1,
  written: 0,
  rejected: 0,
  tables: 1,
});
const runs = [run("1", "p-aaaa", "Shop", "green"), run("2", "p-bbbb", "Shop", "failed"), run("3", "p-cccc", "Archive", "green")];

test("project and outcome narrow the history together", () => {
  expect(selected(runs, { project: null, outcome: null })).toHaveLength(3);
  expect(selected(runs, { project: null, outcome: "green" }).map((each) => each.run)).toEqual(["1", "3"]);
  expect(selected(runs, { project: "p-bbbb", outcome: "green" })).toEqual([]);
});

test("projects of the same name can be told apart", () => {
  expect(choicesOf(runs).projects.map((each) => each.label)).toEqual(["Archive", "Shop (…aaaa)", "Shop (…bbbb)"]);
  expect(choicesOf(runs).present).toEqual(["green", "failed"]);
});
