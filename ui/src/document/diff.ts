/**
 * What is different between two documents, by table and column, in words that a DBA reads.
 *
 * One pure function, used wherever documents are compared: versions, imports, a file that somebody else changed. It must
 * not leave anything out: what it has no words for is shown as it stands. Connections are shown without secrets.
 */
import type { ColumnMapping, Project, TableMapping, TableName } from "../bindings";
import { isSuggested, sourcesOf, tableKey } from "./model";

export type Sign = "+" | "~" | "−";

export interface Change {
  sign: Sign;
  /** `tables` where `table` is named. */
  part: "name" | "connections" | "options" | "tables";
  /** The target table. */
  table?: TableName;
  /** The target column. */
  column?: string;
  /** "link orders.total → invoices.amount". */
  what: string;
  /** Of a change. */
  before?: string;
  after?: string;
}

export interface Count {
  added: number;
  changed: number;
  removed: number;
}

export function diff(before: Project, after: Project): Change[] {
  return [
    ...value("name", "name of the project", before.name, after.name),
    ...connections(before, after),
    ...tables(before.tables, after.tables),
    ...options(before, after),
  ];
}

export function countChanges(changes: readonly Change[]): Count {
  const of = (sign: Sign) => changes.filter((change) => change.sign === sign).length;
  return { added: of("+"), changed: of("~"), removed: of("−") };
}

function value(part: Change["part"], what: string, before: unknown, after: unknown): Change[] {
  if (same(before, after)) return [];
  if (before === undefined || before === null) return [{ sign: "+", part, what: `${what}: ${shown(after)}` }];
  if (after === undefined || after === null) return [{ sign: "−", part, what: `${what}: ${shown(before)}` }];
  return [{ sign: "~", part, what, before: shown(before), after: shown(after) }];
}

function connections(before: Project, after: Project): Change[] {
  const part = "connections";
  const changes = [...value(part, "source", before.source, after.source), ...value(part, "target", before.target, after.target)];
  for (const name of new Set([...Object.keys(before.connections), ...Object.keys(after.connections)])) {
    const [old, now] = [before.connections[name], after.connections[name]];
    if (old === undefined) changes.push({ sign: "+", part, what: `connection ${name}: ${withoutSecret(now.url)}, ${now.environment}` });
    else if (now === undefined) changes.push({ sign: "−", part, what: `connection ${name}: ${withoutSecret(old.url)}` });
    else {
      changes.push(...value(part, `URL of ${name}`, withoutSecret(old.url), withoutSecret(now.url)));
      changes.push(...value(part, `environment of ${name}`, old.environment, now.environment));
    }
  }
  return changes;
}

/** A document never holds a password; one that a hand has put there is not shown either. */
export function withoutSecret(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#]*?):[^@/?#]*@/i, "$1@")
    .replace(/([?&](?:password|passwd|pwd|secret|token)=)[^&#]*/gi, "$1…");
}

const OPTIONS: Record<string, string> = {
  chunk_rows: "rows in one chunk",
  batch_bytes: "bytes in one batch",
  jobs: "parallel jobs",
  reject_limit: "most rejects",
  reject_share: "most rejects in percent",
  verify: "verification",
  keep_before: "keep what was there for a rollback",
};

function options(before: Project, after: Project): Change[] {
  const [old, now] = [fields(before.options), fields(after.options)];
  return keysOf(old, now).flatMap((key) => value("options", OPTIONS[key] ?? key, old[key], now[key]));
}

type Loose = Record<string, unknown>;

/** Whatever stands in it, also what this version of the window does not know. */
const fields = (of: object): Loose => ({ ...of });

function keysOf(before: Loose, after: Loose): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function tables(before: readonly TableMapping[], after: readonly TableMapping[]): Change[] {
  if (before === after) return [];
  const known = new Map(before.map((table) => [tableKey(table.to), table]));
  const there = new Set(after.map((table) => tableKey(table.to)));
  return [
    ...before.filter((table) => !there.has(tableKey(table.to))).map((table) => wholeTable("−", table)),
    ...after.flatMap((table) => {
      const old = known.get(tableKey(table.to));
      if (old === table) return [];
      return old ? tableChanges(old, table) : [wholeTable("+", table), ...details(table)];
    }),
  ];
}

function wholeTable(sign: Sign, table: TableMapping): Change {
  const links = table.columns.length;
  const count = links === 1 ? "1 link" : `${links} links`;
  return { sign, part: "tables", table: table.to, what: `table ${table.to.table} from ${table.from.table}, ${count}` };
}

/** Of a table that is new: its links, and what is not as it is by itself. */
function details(table: TableMapping): Change[] {
  const bare: TableMapping = { from: table.from, to: table.to, existing: "refuse", state: table.state, columns: [] };
  return tableChanges(bare, table);
}

/** Of a table that both have. */
function tableChanges(before: TableMapping, after: TableMapping): Change[] {
  const place = { part: "tables" as const, table: after.to };
  const on = (changes: Change[]): Change[] => changes.map((change) => ({ ...change, ...place }));
  const changes: Change[] = [];
  if (tableKey(before.from) !== tableKey(after.from)) {
    changes.push({ sign: "~", ...place, what: "source table", before: fullName(before.from), after: fullName(after.from) });
  }
  if (before.state !== after.state) changes.push({ sign: "~", ...place, what: "table", before: before.state, after: after.state });
  changes.push(
    ...on(value("tables", "filter", before.filter, after.filter)),
    ...on(value("tables", "existing rows", before.existing, after.existing)),
    ...on(value("tables", "orphans", before.orphans ?? "stop", after.orphans ?? "stop")),
    ...on(value("tables", "triggers", before.triggers ?? "fire", after.triggers ?? "fire")),
    ...columns(before, after),
    ...skipped(before, after),
    ...readings(before, after),
  );
  const [old, now] = [fields(before), fields(after)];
  for (const key of keysOf(old, now)) {
    if (!TABLE_KEYS.has(key)) changes.push(...on(value("tables", worded(key), old[key], now[key])));
  }
  return changes;
}

const TABLE_KEYS = new Set(["from", "to", "state", "filter", "existing", "orphans", "triggers", "columns", "skipped", "reading"]);

function skipped(before: TableMapping, after: TableMapping): Change[] {
  const [old, now] = [before.skipped ?? [], after.skipped ?? []];
  const change = (sign: Sign) => (column: string): Change => ({
    sign,
    part: "tables",
    table: after.to,
    column,
    what: `${column} is left to its default`,
  });
  return [
    ...now.filter((column) => !old.includes(column)).map(change("+")),
    ...old.filter((column) => !now.includes(column)).map(change("−")),
  ];
}

function readings(before: TableMapping, after: TableMapping): Change[] {
  const [old, now] = [fields(before.reading ?? {}), fields(after.reading ?? {})];
  return keysOf(old, now).flatMap((column) =>
    value("tables", `how ${after.from.table}.${column} is read`, old[column], now[column]).map((change) => ({ ...change, table: after.to })),
  );
}

function columns(before: TableMapping, after: TableMapping): Change[] {
  const known = new Map(before.columns.map((column) => [column.to, column]));
  const there = new Set(after.columns.map((column) => column.to));
  const place = { part: "tables" as const, table: after.to };
  return [
    ...before.columns
      .filter((column) => !there.has(column.to))
      .map((column): Change => ({ sign: "−", ...place, column: column.to, what: linkName(before, column) })),
    ...after.columns.flatMap((column): Change[] => {
      const old = known.get(column.to);
      if (old === column) return [];
      if (!old) return [{ sign: "+", ...place, column: column.to, what: linkName(after, column) }];
      return linkChanges(old, column).map((change) => ({ ...change, ...place, column: column.to }));
    }),
  ];
}

function linkName(table: TableMapping, column: ColumnMapping): string {
  const kind = isSuggested(column) ? "suggested link" : "link";
  if (column.expression != null) return `${kind} ${column.expression} → ${table.to.table}.${column.to}`;
  return `${kind} ${table.from.table}.${column.from?.[0] ?? "?"} → ${table.to.table}.${column.to}`;
}

function linkChanges(before: ColumnMapping, after: ColumnMapping): Change[] {
  const change = (what: string, old: string, now: string): Change => ({ sign: "~", part: "tables", what, before: old, after: now });
  const changes: Change[] = [];
  const plain = before.expression == null && after.expression == null;
  if (!plain && before.expression !== after.expression) {
    changes.push(change("expression", valueOf(before), valueOf(after)));
  } else if (plain && !same(sourcesOf(before), sourcesOf(after))) {
    changes.push(change("source column", valueOf(before), valueOf(after)));
  } else if (!same(sourcesOf(before), sourcesOf(after))) {
    changes.push(change("columns that the expression reads", sourcesOf(before).join(", "), sourcesOf(after).join(", ")));
  }
  if (before.state !== after.state) changes.push(change("link", before.state, after.state));
  const [old, now] = [fields(before), fields(after)];
  for (const key of keysOf(old, now)) {
    if (LINK_KEYS.has(key)) continue;
    const [was, is] = [old[key] ?? ABSENT[key], now[key] ?? ABSENT[key]];
    if (!same(was, is)) changes.push(change(WORDS[key] ?? worded(key), shown(was), shown(is)));
  }
  return changes;
}

const LINK_KEYS = new Set(["to", "from", "expression", "state"]);
/** What it means when a link does not say it. */
const ABSENT: Loose = { approve_loss: false, strip_nul: false, misfit: "reject" };
const WORDS: Record<string, string> = {
  approve_loss: "loss approved",
  strip_nul: "NUL characters taken out",
  misfit: "values that do not fit",
  suggestion: "score of the suggestion",
};

function valueOf(column: ColumnMapping): string {
  return column.expression ?? column.from?.[0] ?? "";
}

function fullName(table: TableName): string {
  return `${table.schema}.${table.table}`;
}

function worded(key: string): string {
  return key.replaceAll("_", " ");
}

function shown(what: unknown): string {
  if (what === undefined || what === null) return "none";
  if (typeof what === "boolean") return what ? "yes" : "no";
  if (typeof what === "string") return what;
  if (typeof what === "object" && "score" in what && typeof what.score === "number") return `${Math.round(what.score * 100)} %`;
  return JSON.stringify(what);
}

function same(a: unknown, b: unknown): boolean {
  if (a === b || (a == null && b == null)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  return sorted(a) === sorted(b);
}

/** JSON with its keys in order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).filter(([, part]) => part !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
