import { describe, expect, test } from "vitest";
import type { RunEvent, RunSnapshot, TableProgress } from "../../bindings";
import { advance, canResume, elapsed, fromSnapshot, isOver, recentRate, remaining, share, throughput, totals } from "./progress";

const table = (name: string, part: Partial<TableProgress> = {}): TableProgress => ({
  source: { schema: "main", table: name },
  target: { schema: "public", table: name },
  state: "waiting",
  expected: 100,
  read: 0,
  written: 0,
  rejected: 0,
  filtered: 0,
  bytes: 0,
  seconds: 0,
  chunks: 1,
  chunks_done: 0,
  ...part,
});
const snapshot = (part: Partial<RunSnapshot> = {}): RunSnapshot => ({
  run: "r",
  project: "p",
  project_name: "Shop",
  dry_run: false,
  status: "running",
  phase: "loading",
  started_at: "2026-01-01T00:00:00Z",
  seconds: 5,
  tables: [table("a"), table("b")],
  log: [],
  error: null,
  ...part,
});
const view = (part: Partial<RunSnapshot> = {}) => fromSnapshot(snapshot(part), 1000);

describe("events", () => {
  test("of progress replace the tables that they name and leave the others where they are", () => {
    const after = advance(view(), { event: "progress", tables: [table("b", { read: 7, state: "loading" })] }, 2000);
    expect(after.tables.map((each) => [each.target.table, each.read])).toEqual([["a", 0], ["b", 7]]);
  });

  test("that arrive twice do no harm", () => {
    const event: RunEvent = { event: "progress", tables: [table("b", { read: 7 })] };
    const once = advance(view(), event, 2000);
    expect(advance(once, event, 2000)).toEqual(once);
    const line = { event: "log", level: "info", message: "created main.a" } as const;
    const told = advance(view(), line, 2000);
    expect(advance(told, line, 2100).log).toHaveLength(1);
  });

  test("of a table that the snapshot did not have yet add it", () => {
    expect(advance(view(), { event: "progress", tables: [table("c")] }, 0).tables).toHaveLength(3);
  });

  test("of pausing stop the clock, and of going on start it again", () => {
    const paused = advance(view(), { event: "paused" }, 3000);
    expect(paused.status).toBe("paused");
    expect(elapsed(paused, 60_000)).toBe(7);
    const going = advance(paused, { event: "continued" }, 60_000);
    expect(elapsed(going, 61_000)).toBe(8);
  });

  test("of the end bring status and time, and only a completed run is done", () => {
    const end = { event: "finished" as const, run: "r", tables: [], seconds: 9 };
    expect(advance(view(), { ...end, status: "completed" }, 0)).toMatchObject({ status: "completed", phase: "done", seconds: 9 });
    expect(advance(view(), { ...end, status: "failed" }, 0)).toMatchObject({ status: "failed", phase: "loading" });
  });
});

test("only what did not complete can be resumed", () => {
  expect((["running", "paused", "completed", "failed", "cancelled", "rolled-back", "interrupted"] as const).filter(canResume)).toEqual([
    "failed", "cancelled", "interrupted",
  ]);
  expect(isOver("paused")).toBe(false);
});

describe("totals", () => {
  test("do not know how much there is when one table does not", () => {
    expect(totals([table("a", { read: 3 }), table("b", { expected: null })])).toMatchObject({ read: 3, expected: null });
  });

  test("correct an estimate by what was read", () => {
    const tables = [table("a", { expected: 10, read: 25, state: "loading" }), table("b", { expected: null, read: 4, state: "loaded" })];
    expect(totals(tables)).toMatchObject({ expected: 29, tablesDone: 1 });
  });
});

test("a table is complete only when the engine says so", () => {
  expect(share(table("a", { read: 250 }))).toBe(0.99);
  expect(share(table("a", { state: "loaded" }))).toBe(1);
  expect(share(table("a", { expected: null, chunks: 4, chunks_done: 1 }))).toBe(0.25);
  expect(share(table("a", { expected: null, chunks: 0 }))).toBeNull();
});

describe("the time that is left", () => {
  const steady = Array.from({ length: 11 }, (_, at) => ({ at, rows: at * 10 }));

  const uneven = Array.from({ length: 41 }, (_, at) => ({ at, rows: at * 10 + (at % 4 < 2 ? 0 : 60) }));

  test("is a narrow range while the run goes evenly", () => {
    expect(recentRate(steady)).toBe(10);
    const { low, high } = remaining(steady, 200)!;
    expect(low).toBeCloseTo(10 / 1.05);
    expect(high).toBeCloseTo(10 / 0.95);
  });

  test("is a wide one while it does not", () => {
    const { low, high } = remaining(uneven, 1000)!;
    expect(high / low).toBeGreaterThan(1.5);
    expect(low).toBeLessThan(60);
    expect(high).toBeGreaterThan(60);
  });

  test("reaches from the rate of the last seconds to that of the whole run", () => {
    const slower = [...steady, ...Array.from({ length: 60 }, (_, at) => ({ at: 11 + at, rows: 100 + (at + 1) * 2 }))];
    const { low, high } = remaining(slower, 420)!;
    expect(high).toBeGreaterThanOrEqual(100);
    expect(low).toBeLessThan(70);
  });

  test("is not told when it cannot be known", () => {
    expect(remaining(steady, null)).toBeNull();
    expect(remaining(steady.slice(0, 3), 200)).toBeNull();
    expect(remaining([{ at: 0, rows: 5 }, { at: 40, rows: 5 }, { at: 60, rows: 5 }], 200)).toBeNull();
    expect(remaining([], 10)).toBeNull();
  });

  test("is never negative", () => {
    expect(remaining(steady, 50)).toEqual({ low: 0, high: 0 });
  });
});

test("throughput before the window came is the mean of that time", () => {
  const late = [{ at: 100, rows: 500 }, { at: 101, rows: 520 }, { at: 102, rows: 540 }];
  expect(throughput(late)).toEqual([{ at: 0, rate: 5 }, { at: 100, rate: 5 }, { at: 101, rate: 20 }, { at: 102, rate: 20 }]);
});

test("throughput has as many points as the chart can show, each a mean", () => {
  const samples = Array.from({ length: 1001 }, (_, at) => ({ at, rows: at * 3 }));
  const points = throughput(samples, 100);
  expect(points).toHaveLength(100);
  expect(points.every((point) => point.rate === 3)).toBe(true);
  expect(throughput(samples.slice(0, 1))).toEqual([]);
});
