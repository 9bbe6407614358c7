/**
 * A run as the window follows it: the state at one moment, moved on by events.
 *
 * Events carry totals, never differences, so that one that arrives twice does no harm.
 */
import type {
  LogLine,
  Phase,
  RunEvent,
  RunFailure,
  RunSnapshot,
  RunStatus,
  TableName,
  TableProgress,
} from "../../bindings";

export interface RunView {
  run: string;
  projectName: string;
  project: string;
  dryRun: boolean;
  status: RunStatus;
  phase: Phase;
  startedAt: string;
  /** Seconds that the run had worked at `asOf`. */
  seconds: number;
  /** Milliseconds of the local clock. */
  asOf: number;
  /** In the order of the run. */
  tables: TableProgress[];
  log: LogLine[];
  error: RunFailure | null;
  /** Tables of which the target keeps what a rollback needs. */
  keptTables: number;
}

/** Older lines are in the report. */
const LOG_LINES = 5000;

export const keyOf = (table: TableName) => `${table.schema}\u0000${table.table}`;

export function fromSnapshot(snapshot: RunSnapshot, now: number): RunView {
  return {
    run: snapshot.run,
    project: snapshot.project,
    projectName: snapshot.project_name,
    dryRun: snapshot.dry_run,
    status: snapshot.status,
    phase: snapshot.phase,
    startedAt: snapshot.started_at,
    seconds: snapshot.seconds,
    asOf: now,
    tables: snapshot.tables,
    log: snapshot.log,
    error: snapshot.error ?? null,
    keptTables: snapshot.kept_tables ?? 0,
  };
}

export function advance(view: RunView, event: RunEvent, now: number): RunView {
  switch (event.event) {
    case "started":
      return { ...view, dryRun: event.dry_run, tables: merged(view.tables, event.tables) };
    case "phase":
      return { ...view, phase: event.phase };
    case "progress":
      return { ...view, tables: merged(view.tables, event.tables) };
    case "log":
      return logged(view, { at: new Date(now).toISOString(), level: event.level, message: event.message });
    case "paused":
      return { ...view, status: "paused", seconds: elapsed(view, now), asOf: now };
    case "continued":
      return { ...view, status: "running", seconds: elapsed(view, now), asOf: now };
    case "finished":
      return { ...view, status: event.status, phase: event.status === "completed" ? "done" : view.phase, seconds: event.seconds, asOf: now };
  }
}

/** A snapshot and the events behind it may both hold a line: it is shown once. */
function logged(view: RunView, line: LogLine): RunView {
  const last = view.log.at(-1);
  if (last && last.message === line.message && last.level === line.level) return view;
  return { ...view, log: [...view.log, line].slice(-LOG_LINES) };
}

function merged(before: TableProgress[], changed: readonly TableProgress[]): TableProgress[] {
  if (changed.length === 0) return before;
  const news = new Map(changed.map((table) => [keyOf(table.target), table]));
  const tables = before.map((table) => {
    const next = news.get(keyOf(table.target));
    if (!next) return table;
    news.delete(keyOf(table.target));
    return next;
  });
  return [...tables, ...news.values()];
}

export function isOver(status: RunStatus): boolean {
  return status !== "running" && status !== "paused";
}

/** Can the run go on from what it has committed? */
export function canResume(status: RunStatus): boolean {
  return status === "failed" || status === "cancelled" || status === "interrupted";
}

/** Seconds of work until now; a run that is over or paused does not age. */
export function elapsed(view: RunView, now: number): number {
  return view.status === "running" ? view.seconds + (now - view.asOf) / 1000 : view.seconds;
}

export interface Totals {
  read: number;
  written: number;
  rejected: number;
  filtered: number;
  bytes: number;
  /** `null` when the source does not know it of one of the tables. */
  expected: number | null;
  tablesDone: number;
}

export function totals(tables: readonly TableProgress[]): Totals {
  const sum: Totals = { read: 0, written: 0, rejected: 0, filtered: 0, bytes: 0, expected: 0, tablesDone: 0 };
  for (const table of tables) {
    sum.read += table.read;
    sum.written += table.written;
    sum.rejected += table.rejected;
    sum.filtered += table.filtered;
    sum.bytes += table.bytes;
    // An estimate that has been overtaken is no longer one.
    const expected = table.state === "loaded" ? table.read : table.expected == null ? null : Math.max(table.expected, table.read);
    sum.expected = sum.expected === null || expected === null ? null : sum.expected + expected;
    if (table.state === "loaded") sum.tablesDone += 1;
  }
  return sum;
}

/** What share of the table is read, 0 to 1; `null` when there is nothing to compare with. */
export function share(table: TableProgress): number | null {
  if (table.state === "loaded") return 1;
  if (table.expected == null || table.expected === 0) return table.chunks > 0 ? table.chunks_done / table.chunks : null;
  return Math.min(0.99, table.read / table.expected);
}

/** One look at the run: seconds of work and rows read until then. */
export interface Sample {
  at: number;
  rows: number;
}

/** Rows each second over the last `window` seconds; `null` before there is enough to tell. */
export function recentRate(samples: readonly Sample[], window = 10): number | null {
  const last = samples.at(-1);
  if (!last) return null;
  const first = samples.find((sample) => sample.at >= last.at - window);
  if (!first || last.at - first.at < 1) return null;
  return Math.max(0, (last.rows - first.rows) / (last.at - first.at));
}

/** Between how many seconds the rest takes. */
export interface Remaining {
  low: number;
  high: number;
}

/** The rate is looked at over these last seconds, and over the whole run. */
const WINDOWS = [10, 30, 120, Infinity];

/**
 * What is left, or `null` when that cannot be said honestly: nobody knows how many rows there are, the run is younger
 * than three seconds, or nothing has moved lately.
 *
 * The range is from the greatest to the least rate over several stretches of the past, wider by what single stretches
 * differ: a run that goes evenly narrows it by itself.
 */
export function remaining(samples: readonly Sample[], expected: number | null): Remaining | null {
  const last = samples.at(-1);
  if (!last || expected === null || last.at < 3) return null;
  if (!recentRate(samples, 30)) return null;
  const rates = WINDOWS.map((window) => recentRate(samples, window)).filter((rate) => rate !== null && rate > 0) as number[];
  const left = Math.max(0, expected - last.rows);
  const doubt = unevenness(samples);
  return { low: left / (Math.max(...rates) * (1 + doubt)), high: left / (Math.min(...rates) * (1 - doubt)) };
}

/** Two standard errors of the mean rate over stretches of the last two minutes, as a share of it: 0.05 to 0.5. */
function unevenness(samples: readonly Sample[]): number {
  const last = samples[samples.length - 1];
  const recent = samples.filter((sample) => sample.at >= last.at - 120);
  const stride = Math.max(1, Math.floor(recent.length / 24));
  const rates: number[] = [];
  for (let index = stride; index < recent.length; index += stride) {
    const [from, to] = [recent[index - stride], recent[index]];
    if (to.at > from.at) rates.push((to.rows - from.rows) / (to.at - from.at));
  }
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  if (rates.length < 3 || !(mean > 0)) return 0.5;
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / (rates.length - 1);
  return Math.min(0.5, Math.max(0.05, (2 * Math.sqrt(variance / rates.length)) / mean));
}

export interface Point {
  at: number;
  rate: number;
}

/** Throughput over the run for the chart: `points` figures at most, each the mean of its stretch. */
export function throughput(samples: readonly Sample[], points = 120): Point[] {
  if (samples.length < 2) return [];
  const [first] = samples;
  // A window that came later knows the mean of what was before.
  const found: Point[] = first.at > 2 ? [0, first.at].map((at) => ({ at, rate: first.rows / first.at })) : [];
  const stride = Math.max(1, Math.ceil((samples.length - 1) / points));
  for (let index = stride; index < samples.length; index += stride) {
    const from = samples[index - stride];
    const to = samples[index];
    if (to.at > from.at) found.push({ at: to.at, rate: Math.max(0, (to.rows - from.rows) / (to.at - from.at)) });
  }
  return found;
}
