// Made by `npm run codegen` from the engine's operations. Do not edit.

/**
 * What the connection form asks for.
 */
export type Form =
  | {
      form: "server";
      default_port: number;
      asks_schema: boolean;
    }
  | {
      form: "file";
      endings: string[];
    }
  | {
      form: "file-or-folder";
      endings: string[];
      encodings: [string, string][];
    };
export type Environment = "development" | "test" | "staging" | "production";
/**
 * What a run does about rows that the target table holds already.
 */
export type Existing = "refuse" | "append" | "skip" | "replace";
export type LinkState = "confirmed" | "suggested";
/**
 * What stands in for a value that cannot be carried as it is. Every use is counted in the run.
 */
export type Substitute =
  | "null"
  | "reject"
  | {
      value: string;
    };
/**
 * What becomes of a column that the source generates.
 */
export type GeneratedChoice = "recreate" | "materialise";
/**
 * Another type than the declared one.
 */
export type ReadAs = "text" | "boolean" | "uuid" | "uuid-swapped" | "utf8-twice";
/**
 * What becomes of rows whose foreign key points at nothing.
 */
export type OrphanChoice = "stop" | "reject" | "keep";
/**
 * What becomes of a target table's triggers while rows are loaded.
 */
export type TriggerChoice = "fire" | "disable";
export type VerifyLevel = "counts" | "aggregates" | "checksums";
export type RunStatus = ("running" | "paused" | "completed" | "failed" | "cancelled") | "rolled-back" | "interrupted";
/**
 * The one word that the report is about.
 */
export type Outcome =
  | ("failed" | "cancelled" | "unfinished" | "rolled-back")
  | "green"
  | "rejects"
  | "differences"
  | "unverified"
  | "dry-run-clean";
export type SecretState = ("session" | "keychain" | "environment" | "missing") | "not-needed";
export type SideName = "source" | "target";
export type TableKind = "table" | "view" | "file";
/**
 * What a column means. Lengths are in characters for text, in bytes for binary; `None` is without a limit.
 */
export type LogicalType =
  | {
      type: "boolean";
    }
  | {
      type: "integer";
      bits: number;
      signed: boolean;
    }
  | {
      type: "decimal";
      precision?: number | null;
      scale?: number | null;
    }
  | {
      type: "float";
      bits: number;
    }
  | {
      type: "text";
      max?: number | null;
      fixed: boolean;
    }
  | {
      type: "binary";
      max?: number | null;
    }
  | {
      type: "date";
    }
  | {
      type: "time";
      precision: number;
    }
  | {
      type: "timestamp";
      precision: number;
      zoned: boolean;
    }
  | {
      type: "interval";
    }
  | {
      type: "uuid";
    }
  | {
      type: "json";
    }
  | {
      type: "enumeration";
      values: string[];
    }
  | {
      type: "dynamic";
    }
  | {
      type: "other";
      name: string;
    };
export type Identity = "always" | "by-default";
/**
 * When a trigger fires. Databases but PostgreSQL know only one.
 */
export type TriggerState = ("enabled" | "always" | "disabled") | "replica";
export type TableFate =
  | {
      fate: "kept";
    }
  | {
      fate: "added";
      columns: number;
    }
  | {
      fate: "removed";
    }
  | {
      fate: "renamed";
      to: TableName;
      likeness: Likeness;
    };
export type ColumnFate =
  | {
      fate: "added";
      column_type: string;
      /**
       * A row must bring a value for it.
       */
      required: boolean;
    }
  | {
      fate: "removed";
      column_type: string;
    }
  | {
      fate: "renamed";
      to: string;
      /**
       * Of the new one; `before` is of the old one where that was another.
       */
      column_type: string;
      before?: string | null;
      likeness: Likeness;
    }
  | {
      fate: "changed";
      before: string;
      after: string;
    };
/**
 * What happens to values on their way from one type to another.
 */
export type Verdict =
  | {
      verdict: "exact";
    }
  | {
      verdict: "widening";
    }
  | {
      verdict: "narrowing";
      why: string;
    }
  | {
      verdict: "lossy";
      why: string;
    }
  | {
      verdict: "impossible";
      why: string;
    };
/**
 * How far a table's step can be taken back.
 */
export type RollbackLevel = "none" | "run" | "table";
/**
 * What a run keeps of a table's rows from before it, so that it can be taken back.
 */
export type Kept =
  | "nothing"
  | {
      key: string[];
    }
  | "rows";
export type FindingCode =
  | (
      | "nothing-to-do"
      | "unknown-table"
      | "unknown-column"
      | "unconfirmed-suggestion"
      | "required-unmapped"
      | "invalid-expression"
      | "type-impossible"
      | "lossy-cast"
      | "narrowing-cast"
      | "null-into-required"
      | "generated-column"
      | "target-not-empty"
      | "deletes-rows"
      | "unique-at-risk"
      | "foreign-key-cycle"
      | "referenced-table-missing"
      | "identifier-too-long"
      | "default-not-carried"
      | "check-not-carried"
      | "index-not-carried"
      | "type-changed"
      | "physical-chunks"
      | "triggers-stay"
      | "not-carried"
      | "rollback-limited"
      | "no-snapshot"
      | "production-target"
      | "source-column-unused"
    )
  | "identifier-refused"
  | "identifier-twice"
  | "unreadable-values"
  | "misfit-values"
  | "type-guess"
  | "encoded-twice"
  | "key-collision"
  | "key-present"
  | "json-at-risk"
  | "orphan-rows"
  | "check-violated"
  | "large-values";
export type Severity = ("warning" | "note") | "blocks" | "confirm";
/**
 * A change of the project document. `table` is the position in `tables`.
 */
export type Edit =
  | {
      edit: "reading";
      table: number;
      column: string;
      reading: Reading;
    }
  | {
      edit: "misfit";
      table: number;
      column: string;
      misfit: Substitute;
    }
  | {
      edit: "strip-nul";
      table: number;
      column: string;
    }
  | {
      edit: "generated";
      table: number;
      column: string;
      generated: GeneratedChoice;
    }
  | {
      edit: "approve-loss";
      table: number;
      column: string;
    }
  | {
      edit: "expression";
      table: number;
      column: string;
      expression: string;
    }
  | {
      edit: "orphans";
      table: number;
      orphans: OrphanChoice;
    }
  | {
      edit: "existing";
      table: number;
      existing: Existing;
    }
  | {
      edit: "triggers";
      table: number;
      triggers: TriggerChoice;
    }
  | {
      edit: "leave-check";
      table: number;
      check: string;
    }
  | {
      edit: "encoding";
      table: number;
      encoding: string;
    };
export type When = "before-load" | "after-load";
export type Phase = ("loading" | "verifying" | "done") | "preparing" | "finishing";
export type TableState = "waiting" | "loading" | "loaded" | "failed";
export type LogLevel = "info" | "warning" | "error";
/**
 * What went wrong, as far as a caller can act on it.
 */
export type ErrorKind =
  | "invalid-project"
  | "invalid-url"
  | "not-found"
  | "wrong-format"
  | "unreachable"
  | "authentication"
  | "permission"
  | "secret-needed"
  | "keychain"
  | "expression"
  | "conversion"
  | "bad-data"
  | "constraint"
  | "blocked"
  | "reject-limit"
  | "disk-full"
  | "busy"
  | "conflict"
  | "transient"
  | "cancelled"
  | "unsupported"
  | "io"
  | "internal";
/**
 * How it is known that the next insert gets that number, and that it is free.
 */
export type SequenceProof =
  | {
      proof: "looked-up";
    }
  | {
      proof: "inserted";
    }
  | {
      proof: "drawn";
    }
  | {
      proof: "failed";
      reason: string;
    };
/**
 * What was done to values of a column.
 */
export type ChangeKind = "read" | "misfit" | "stripped";
export type DifferenceKind = "changed" | "missing" | "unexpected";
export type PictureAbout = "rows-by-table" | "match-rate" | "rejects-by-reason" | "time-by-phase";
export type PictureKind = "written" | "rejected" | "filtered" | "equal" | "different" | "time";
export type ReportFormat = "html" | "json" | "text";
/**
 * What happened. Serialised with the name in `event`.
 */
export type RunEvent =
  | {
      event: "started";
      run: string;
      dry_run: boolean;
      tables: TableProgress[];
    }
  | {
      event: "phase";
      phase: Phase;
    }
  | {
      event: "progress";
      tables: TableProgress[];
    }
  | {
      event: "log";
      level: LogLevel;
      message: string;
    }
  | {
      event: "paused";
    }
  | {
      event: "continued";
    }
  | {
      event: "finished";
      run: string;
      status: RunStatus;
      tables: FinishedTable[];
      seconds: number;
    };

/**
 * Every operation of the engine that a window can call.
 */
export interface Operations {
  /**
   * What this build is, and whether the keychain can be used.
   */
  about: {
    request: Empty;
    reply: About;
  };
  /**
   * The kinds of database, with the fields of their forms.
   */
  connectors: {
    request: Empty;
    reply: Descriptor[];
  };
  /**
   * Projects to try with nothing installed.
   */
  samples: {
    request: Empty;
    reply: Sample[];
  };
  /**
   * Makes fresh copies of a sample's databases and project in the workspace, and opens it.
   */
  open_sample: {
    request: ById;
    reply: OpenProject;
  };
  /**
   * Latest opened first.
   */
  recent_projects: {
    request: Empty;
    reply: RecentProject[];
  };
  /**
   * Takes a project off the list; its file stays.
   */
  forget_project: {
    request: ById;
    reply: Empty;
  };
  new_project: {
    request: NewProject;
    reply: OpenProject;
  };
  /**
   * Opens a project file where it is.
   */
  open_project: {
    request: ByPath;
    reply: OpenProject;
  };
  /**
   * What a project file holds, for a preview: nothing is opened or remembered.
   */
  read_project: {
    request: ReadFile;
    reply: ReadProject;
  };
  /**
   * Copies a project file into the workspace under a new id, and opens the copy.
   */
  import_project: {
    request: ByPath;
    reply: OpenProject;
  };
  load_project: {
    request: ById;
    reply: OpenProject;
  };
  /**
   * Writes the file, keeps a version, and the edits that led to it. Fails as a conflict when somebody else changed the
   * file since `base`.
   */
  save_project: {
    request: SaveProject;
    reply: Saved;
  };
  /**
   * Fails as a conflict when the file no longer holds this version.
   */
  project_unchanged: {
    request: ProjectAt;
    reply: Empty;
  };
  /**
   * Writes the document to a file of the person's choice.
   */
  export_project: {
    request: ExportProject;
    reply: Exported;
  };
  /**
   * What undo and redo need after a restart.
   */
  edit_history: {
    request: ById;
    reply: EditHistory;
  };
  /**
   * Latest first.
   */
  project_versions: {
    request: ById;
    reply: ProjectVersion[];
  };
  load_version: {
    request: ProjectAt;
    reply: OpenProject;
  };
  /**
   * Gives a version a name, under which it is kept for good, or takes it away.
   */
  name_version: {
    request: NameVersion;
    reply: Empty;
  };
  url_from_form: {
    request: ConnectionForm;
    reply: UrlText;
  };
  form_from_url: {
    request: UrlText;
    reply: ConnectionForm;
  };
  test_connection: {
    request: TestConnection;
    reply: ConnectionTested;
  };
  set_secret: {
    request: SetSecret;
    reply: SecretStatus;
  };
  forget_secret: {
    request: SecretOf;
    reply: SecretStatus;
  };
  secret_status: {
    request: SecretOf;
    reply: SecretStatus;
  };
  catalog: {
    request: GetCatalog;
    reply: Catalog;
  };
  /**
   * What became of both schemas since the mapping was last seen against them.
   */
  drift: {
    request: ById;
    reply: Drift;
  };
  /**
   * From now on drift is measured from the schemas as they are.
   */
  accept_schemas: {
    request: ById;
    reply: Empty;
  };
  /**
   * Adds suggestions for what is not mapped; with an empty target, tables to create.
   */
  suggest: {
    request: MappingOf;
    reply: Suggested;
  };
  describe_mapping: {
    request: MappingOf;
    reply: MappingDescription;
  };
  analyze_expression: {
    request: AnalyzeExpression;
    reply: ExpressionAnalysis;
  };
  functions: {
    request: Empty;
    reply: FunctionDescription[];
  };
  preview: {
    request: PreviewRows;
    reply: Preview;
  };
  /**
   * What the values of columns are like, in a bounded part of a table of either side.
   */
  profile_columns: {
    request: ProfileColumns;
    reply: TableProfile;
  };
  /**
   * What each of several expressions makes of the same real rows.
   */
  evaluate_steps: {
    request: EvaluateSteps;
    reply: StepsEvaluated;
  };
  /**
   * Real values that a link would lose.
   */
  find_losses: {
    request: FindLosses;
    reply: LossesFound;
  };
  /**
   * Ends a look at values, at once: it then fails as cancelled.
   */
  cancel_look: {
    request: ByTicket;
    reply: Empty;
  };
  /**
   * The plan of the saved project.
   */
  check: {
    request: ById;
    reply: Plan;
  };
  /**
   * The same, with what the data say: reads the source, of large tables a part.
   */
  examine: {
    request: ById;
    reply: Plan;
  };
  /**
   * Ends the reading of data for this project's plan, at once: `examine` then fails as cancelled.
   */
  cancel_examination: {
    request: ById;
    reply: Empty;
  };
  start_run: {
    request: StartRun;
    reply: RunStarted;
  };
  /**
   * Adds the rows of a corrected reject file to what the target holds, by a run of its own.
   */
  load_rejects: {
    request: LoadRejects;
    reply: RunStarted;
  };
  pause_run: {
    request: ByRun;
    reply: Empty;
  };
  continue_run: {
    request: ByRun;
    reply: Empty;
  };
  /**
   * Ends the run once the chunks under way are committed; it can be resumed.
   */
  stop_run: {
    request: ByRun;
    reply: Empty;
  };
  /**
   * Ends it at once: the chunks under way are taken back; what was committed stays and can be resumed.
   */
  cancel_run: {
    request: ByRun;
    reply: Empty;
  };
  /**
   * Goes on with a run that was cancelled, failed or interrupted.
   */
  resume_run: {
    request: ByRun;
    reply: RunStarted;
  };
  /**
   * Takes what the run wrote out of the target again.
   */
  rollback_run: {
    request: ByRun;
    reply: Empty;
  };
  /**
   * Removes what the target keeps for a rollback of the run, which cannot be taken back then.
   */
  accept_run: {
    request: ByRun;
    reply: Empty;
  };
  run_status: {
    request: ByRun;
    reply: RunSnapshot;
  };
  /**
   * Runs under way in this process, latest first.
   */
  live_runs: {
    request: Empty;
    reply: RunSnapshot[];
  };
  /**
   * Latest first.
   */
  runs: {
    request: ListRuns;
    reply: RunSummary[];
  };
  report: {
    request: ByRun;
    reply: Report;
  };
  /**
   * The report's figures as bars.
   */
  report_pictures: {
    request: ByRun;
    reply: Picture[];
  };
  render_report: {
    request: RenderReport;
    reply: RenderedReport;
  };
  rejects: {
    request: ListRejects;
    reply: Rejects;
  };
  verify_run: {
    request: VerifyRun;
    reply: Verification;
  };
}
/**
 * Nothing to ask, or nothing to answer.
 */
export interface Empty {}
export interface About {
  version: string;
  /**
   * Folder of the workspace.
   */
  home: string;
  /**
   * Why the OS keychain cannot be used; `null` when it can.
   */
  keychain_problem?: string | null;
}
/**
 * What a connector is, as data: the window draws its form from it.
 */
export interface Descriptor {
  /**
   * Also the URL's scheme.
   */
  id: string;
  name: string;
  /**
   * Further schemes that mean the same.
   */
  aliases: string[];
  form: Form;
  capabilities: Capabilities;
}
/**
 * What the database can do.
 */
export interface Capabilities {
  writes: boolean;
  schemas: boolean;
  transactional_ddl: boolean;
  /**
   * Several transactions may write the same database at once.
   */
  concurrent_writers: boolean;
  /**
   * Readers of one connection share one consistent view.
   */
  snapshot: boolean;
  /**
   * Foreign keys and indexes can be added to a table that exists.
   */
  constraints_after_load: boolean;
}
export interface Sample {
  id: string;
  title: string;
  description: string;
}
export interface ById {
  id: string;
}
/**
 * A project that is open in the window.
 */
export interface OpenProject {
  id: string;
  path: string;
  /**
   * Counts saves.
   */
  version: number;
  document: Project;
}
/**
 * One migration: where from, where to, and what goes where.
 */
export interface Project {
  /**
   * Where editors find the JSON Schema of this document.
   */
  $schema?: string | null;
  /**
   * The version of this document's form: 1.
   */
  rowferry: number;
  /**
   * Unique among a person's projects; follows the project when its file moves.
   */
  id?: string;
  name: string;
  /**
   * By name. The name is also the secret's: `ROWFERRY_PASSWORD_<NAME>`.
   */
  connections: {
    [k: string]: Connection;
  };
  /**
   * Name of the connection that rows come from.
   */
  source: string;
  /**
   * Name of the connection that rows go to.
   */
  target: string;
  tables: TableMapping[];
  options: Options;
}
/**
 * How to reach a database or files, without its secret.
 */
export interface Connection {
  /**
   * Such as `postgres://user@host:5432/db?schema=public`, `sqlite:PATH`, `csv:PATH`. A relative path counts from
   * the project file's folder. A password in it is refused.
   */
  url: string;
  environment: Environment;
}
/**
 * One source table going to one target table.
 */
export interface TableMapping {
  from: TableName;
  to: TableName;
  /**
   * SQL over the source row that is true for the rows to carry; without it all are carried.
   */
  filter?: string | null;
  existing: Existing;
  state: LinkState;
  columns: ColumnMapping[];
  /**
   * Target columns that are left to their default on purpose.
   */
  skipped?: string[];
  /**
   * How source columns are read whose values are not plainly of their declared type; by source column.
   */
  reading?: {
    [k: string]: Reading;
  };
  orphans?: OrphanChoice;
  triggers?: TriggerChoice;
  /**
   * Checks that a created table does not get, since rows violate them: by name, or by expression where it has none.
   */
  left_checks?: string[];
}
/**
 * Schema and table name. For sources without schemas (SQLite, a folder of files) the schema is what the connector
 * calls its one namespace, such as `main`.
 */
export interface TableName {
  schema: string;
  table: string;
}
/**
 * One target column and where its value comes from.
 *
 * Without an `expression` the value is the one column in `from`. With one, `from` lists the columns that the
 * expression reads, so that links can be drawn; the engine rewrites it when the project is saved.
 */
export interface ColumnMapping {
  to: string;
  from?: string[];
  /**
   * SQL over the source row, in DataFusion's dialect. Column names are case-sensitive; quote those with spaces.
   */
  expression?: string | null;
  state: LinkState;
  /**
   * Why it was suggested; kept after it is confirmed.
   */
  suggestion?: SuggestionNote | null;
  /**
   * A person has seen and accepted that this conversion changes values.
   */
  approve_loss?: boolean;
  misfit?: Substitute;
  /**
   * NUL characters, which PostgreSQL's text cannot hold, are taken out; without it such a row is rejected.
   */
  strip_nul?: boolean;
  /**
   * What becomes of a column that the source generates; without it the plan decides, and says how.
   */
  generated?: GeneratedChoice | null;
}
export interface SuggestionNote {
  /**
   * 0 to 1.
   */
  score: number;
  /**
   * In words, the strongest first.
   */
  reasons: string[];
}
/**
 * What a person decided about the values of one source column that are not plainly of its declared type.
 */
export interface Reading {
  /**
   * The type as which it is read, where that is not its declared one.
   */
  as?: ReadAs | null;
  unreadable?: Substitute;
}
export interface Options {
  /**
   * Rows in one chunk, which is what commits and resumes together. 1 to 10,000,000.
   */
  chunk_rows: number;
  /**
   * Bytes in one batch in memory. 65,536 to 268,435,456.
   */
  batch_bytes: number;
  /**
   * Parallel readers and writers; 0 lets the engine choose.
   */
  jobs: number;
  /**
   * The run stops when more rows than this are rejected; `null` is without a limit.
   */
  reject_limit: number | null;
  /**
   * The run stops when more than this share of the rows read is rejected, in percent; it is judged from the
   * thousandth row on, and once more when all are loaded. `null` is without a limit.
   */
  reject_share?: number | null;
  verify: VerifyLevel;
  /**
   * Keys or rows that the target's tables hold before a run are kept beside them, so that the run can be taken back
   * until it is accepted.
   */
  keep_before?: boolean;
}
export interface RecentProject {
  id: string;
  name: string;
  path: string;
  /**
   * RFC 3339, UTC.
   */
  opened_at: string;
  /**
   * The file is still there.
   */
  exists: boolean;
  source?: string | null;
  target?: string | null;
  last_run?: RunSummary | null;
}
export interface RunSummary {
  run: string;
  project: string;
  project_name: string;
  dry_run: boolean;
  status: RunStatus;
  outcome: Outcome;
  started_at: string;
  seconds: number;
  written: number;
  rejected: number;
  tables: number;
}
export interface NewProject {
  name: string;
  /**
   * Where the file goes; without it, the workspace's `projects` folder.
   */
  path?: string | null;
}
export interface ByPath {
  path: string;
}
export interface ReadFile {
  path: string;
  /**
   * Relative paths in it stay so: it is the file of an open project.
   */
  in_place?: boolean;
}
/**
 * A project file that was only looked at.
 */
export interface ReadProject {
  path: string;
  document: Project;
  /**
   * A project of this workspace that it is a copy of, by its id.
   */
  known?: KnownProject | null;
}
export interface KnownProject {
  id: string;
  name: string;
  path: string;
}
export interface SaveProject {
  id: string;
  document: Project;
  /**
   * The version that was edited; without it the file is written whatever it holds.
   */
  base?: number | null;
  /**
   * What became of the history since it was saved last.
   */
  edits?: EditsMade | null;
}
/**
 * Edits are the window's own: a label, a time, patches and their inverses. They are kept as they come.
 */
export interface EditsMade {
  /**
   * So many from the start are as they were saved.
   */
  kept: number;
  /**
   * They take the place of all after those.
   */
  edits: unknown[];
  /**
   * How many of all are done; the others were undone.
   */
  done: number;
}
export interface Saved {
  version: number;
  document: Project;
}
export interface ProjectAt {
  id: string;
  version: number;
}
export interface ExportProject {
  id: string;
  document: Project;
  path: string;
  /**
   * A file that is there may be replaced.
   */
  replace?: boolean;
}
export interface Exported {
  path: string;
}
export interface EditHistory {
  /**
   * The version that the edits done lead to; 0 without a history.
   */
  version: number;
  done: number;
  /**
   * Oldest first.
   */
  edits: unknown[];
}
export interface ProjectVersion {
  version: number;
  saved_at: string;
  /**
   * `null` for one that an automatic save kept.
   */
  name?: string | null;
  /**
   * Since the named version before it.
   */
  changes?: ChangeSize | null;
  tables: number;
  columns: number;
}
/**
 * The size of a change.
 */
export interface ChangeSize {
  added: number;
  changed: number;
  removed: number;
}
export interface NameVersion {
  id: string;
  version: number;
  /**
   * `null` takes the name away.
   */
  name?: string | null;
  /**
   * Since the named version before it.
   */
  changes?: ChangeSize | null;
}
/**
 * What the connection form holds.
 */
export interface ConnectionForm {
  /**
   * The connector's id.
   */
  connector: string;
  host?: string;
  port?: number | null;
  database?: string;
  user?: string;
  /**
   * Empty is all schemas.
   */
  schema?: string;
  path?: string;
  /**
   * One of those that the connector's form offers; empty is what a file says of itself.
   */
  encoding?: string;
  /**
   * What the form does not ask for and the URL said.
   */
  parameters?: {
    [k: string]: string;
  };
}
export interface UrlText {
  url: string;
}
export interface TestConnection {
  /**
   * The project whose folder relative paths count from.
   */
  project: string;
  /**
   * The connection's name: its saved secret is used when `secret` is absent.
   */
  name: string;
  url: string;
  secret?: string | null;
  /**
   * A target may be a file that does not exist yet.
   */
  writes?: boolean;
}
export interface ConnectionTested {
  product: string;
  schemas: string[];
  tables: number;
  milliseconds: number;
}
export interface SetSecret {
  project: string;
  connection: string;
  secret: string;
  /**
   * Keep it in the OS keychain; otherwise for this session only.
   */
  remember: boolean;
}
export interface SecretStatus {
  state: SecretState;
  /**
   * Why it could not be kept in the keychain.
   */
  problem?: string | null;
}
export interface SecretOf {
  project: string;
  connection: string;
}
export interface GetCatalog {
  project: string;
  side: SideName;
  /**
   * Ask the database again instead of answering from memory.
   */
  refresh?: boolean;
}
export interface Catalog {
  /**
   * The connector's id: `postgres`, `sqlite`, `csv`, `json`.
   */
  connector: string;
  /**
   * Product and version as the server tells it, such as `PostgreSQL 15.18`.
   */
  product: string;
  schemas: Schema[];
}
export interface Schema {
  name: string;
  tables: Table[];
  sequences: Sequence[];
  triggers?: Trigger[];
  /**
   * Enumerations that have a name of their own.
   */
  enums?: EnumType[];
  /**
   * What no migration carries, so that a plan can say so.
   */
  others?: Other[];
}
export interface Table {
  name: TableName;
  kind: TableKind;
  comment?: string | null;
  /**
   * In the table's own order.
   */
  columns: Column[];
  primary_key?: Key | null;
  unique_keys: Key[];
  foreign_keys: ForeignKey[];
  /**
   * Without those that only carry a key.
   */
  indexes: Index[];
  checks: Check[];
  /**
   * What the database believes, without counting; `None` when it does not know.
   */
  row_estimate?: number | null;
  byte_estimate?: number | null;
}
export interface Column {
  name: string;
  /**
   * As the database spells it, such as `character varying(40)`.
   */
  native_type: string;
  logical: LogicalType;
  nullable: boolean;
  /**
   * SQL text in the database's own dialect.
   */
  default?: string | null;
  identity?: Identity | null;
  /**
   * SQL text of a generated column; such a column is never written.
   */
  generated?: string | null;
  comment?: string | null;
  /**
   * Says again what other columns say, such as a nested object as one JSON text. It is offered in the mapper, and
   * carried only when a person maps it.
   */
  derived?: boolean;
  /**
   * As the database spells it, for text columns; `None` where there is none or the database only says its default.
   */
  collation?: string | null;
  /**
   * How a step reads it, where a person decided so; never set in a database's own catalog.
   */
  reading?: Reading | null;
}
export interface Key {
  /**
   * Empty when the database has none for it.
   */
  name: string;
  columns: string[];
}
export interface ForeignKey {
  name: string;
  columns: string[];
  references: TableName;
  /**
   * In the order of `columns`.
   */
  referenced_columns: string[];
  /**
   * `NO ACTION`, `CASCADE`, `SET NULL`, `SET DEFAULT` or `RESTRICT`.
   */
  on_update: string;
  on_delete: string;
}
export interface Index {
  name: string;
  /**
   * Column names; empty when the index is over expressions.
   */
  columns: string[];
  unique: boolean;
  /**
   * The whole definition in the database's own dialect.
   */
  definition: string;
}
export interface Check {
  name: string;
  /**
   * SQL text in the database's own dialect.
   */
  expression: string;
}
export interface Sequence {
  name: string;
  increment: number;
  /**
   * The table and column that own it.
   *
   * @minItems 2
   * @maxItems 2
   */
  owner?: [TableName, string] | null;
}
/**
 * A trigger of a table of the schema, made by a person: not one that carries a constraint.
 */
export interface Trigger {
  name: string;
  table: string;
  on_insert: boolean;
  on_delete: boolean;
  state: TriggerState;
  /**
   * The whole definition in the database's own dialect, or its body.
   */
  definition: string;
}
/**
 * An enumeration that columns of several tables may have.
 */
export interface EnumType {
  name: string;
  /**
   * In their own order, by which they are sorted.
   */
  labels: string[];
}
/**
 * Something of a schema that is neither table, view, sequence nor trigger.
 */
export interface Other {
  /**
   * A noun: `function`, `rule`, `policy`, `partition`, `exclusion constraint`, `type`, `event`.
   */
  kind: string;
  name: string;
  /**
   * The table to which it belongs.
   */
  table?: string | null;
}
/**
 * What became of a project's schemas.
 */
export interface Drift {
  sides: SideDrift[];
}
export interface SideDrift {
  side: SideName;
  /**
   * When the schema was last taken over. RFC 3339, UTC.
   */
  seen_at: string;
  tables: TableDrift[];
}
/**
 * What became of one table.
 */
export interface TableDrift {
  table: TableName;
  fate: TableFate;
  columns: ColumnDrift[];
}
/**
 * How likely two names are the same thing, and why.
 */
export interface Likeness {
  /**
   * 0 to 1.
   */
  score: number;
  /**
   * In words, the weightiest first.
   */
  reasons: string[];
}
/**
 * What became of one column.
 */
export interface ColumnDrift {
  /**
   * The name that the mapping knows; of an added column the only one.
   */
  column: string;
  fate: ColumnFate;
}
/**
 * A mapping that need not be saved yet.
 */
export interface MappingOf {
  project: string;
  document: Project;
}
export interface Suggested {
  /**
   * The document's tables with the suggestions added; what was confirmed is as it was.
   */
  tables: TableMapping[];
  /**
   * Columns newly suggested.
   */
  columns: number;
}
/**
 * What the engine makes of the mapping, without looking at rows.
 */
export interface MappingDescription {
  /**
   * Target tables that the run would create or extend, as they will be.
   */
  proposed: Table[];
  /**
   * In the order of the document's tables.
   */
  tables: TableDescription[];
}
export interface TableDescription {
  to: TableName;
  creates: boolean;
  /**
   * Required target columns without a source.
   */
  required: string[];
  filter_problem?: ExpressionProblem | null;
  /**
   * In the order of the mapping's columns.
   */
  columns: ColumnDescription[];
}
/**
 * What is wrong with an expression, and where.
 */
export interface ExpressionProblem {
  message: string;
  /**
   * One-based, in characters.
   */
  line?: number | null;
  character?: number | null;
}
export interface ColumnDescription {
  to: string;
  /**
   * Source columns that the value is made of.
   */
  from: string[];
  from_type?: LogicalType | null;
  to_type?: LogicalType | null;
  verdict?: Verdict | null;
  problem?: ExpressionProblem | null;
}
export interface AnalyzeExpression {
  project: string;
  from: TableName;
  expression: string;
  /**
   * A filter must be true or false.
   */
  is_filter?: boolean;
}
export interface ExpressionAnalysis {
  result?: LogicalType | null;
  references: string[];
  problem?: ExpressionProblem | null;
}
export interface FunctionDescription {
  name: string;
  signature: string;
  description: string;
  example: string;
  /**
   * What the example gives; `null` where it differs from run to run, or needs a source row.
   */
  result?: string | null;
  /**
   * `text`, `number`, `date and time`, `condition`, `conversion` …
   */
  group: string;
  arguments: FunctionArgument[];
  /**
   * Which argument takes the value when the function is a step of a chain.
   */
  value_at: number;
}
export interface FunctionArgument {
  name: string;
  description: string;
  optional: boolean;
}
export interface PreviewRows {
  project: string;
  mapping: TableMapping;
  /**
   * 1 to 1,000.
   */
  limit: number;
  /**
   * By which `cancel_look` ends it.
   */
  ticket?: string;
}
/**
 * Real rows before and after, as text; `null` is NULL.
 */
export interface Preview {
  /**
   * What was asked for the rows, in the source's own words.
   */
  query: string;
  before: PreviewTable;
  after: PreviewTable;
  /**
   * Rows that would be rejected, by their position in `before`.
   */
  rejects: PreviewReject[];
  /**
   * Positions in `before` of the rows that the filter leaves out.
   */
  filtered: number[];
  /**
   * For each row of `after`, its position in `before`.
   */
  rows: number[];
}
export interface PreviewTable {
  columns: string[];
  rows: (string | null)[][];
}
export interface PreviewReject {
  row: number;
  column?: string | null;
  reason: string;
}
export interface ProfileColumns {
  project: string;
  side: SideName;
  table: TableName;
  /**
   * Of the source: whose readings are applied.
   */
  mapping?: TableMapping | null;
  columns: string[];
  /**
   * 1 to 1,000,000.
   */
  rows: number;
  ticket: string;
}
export interface TableProfile {
  looked: LookedAt;
  /**
   * In the order asked for.
   */
  columns: ColumnProfile[];
}
/**
 * How much of a table was looked at.
 */
export interface LookedAt {
  /**
   * What was asked, in the database's own words; of several parts the first.
   */
  query: string;
  /**
   * Further parts that were read by such a query.
   */
  more_queries: number;
  rows: number;
  /**
   * There are rows that were not looked at.
   */
  sampled: boolean;
}
/**
 * What was found in one column.
 */
export interface ColumnProfile {
  name: string;
  nulls: number;
  distinct: number;
  /**
   * There are more than `distinct`: counting ended.
   */
  distinct_more: boolean;
  /**
   * As text, shortened.
   */
  least?: string | null;
  greatest?: string | null;
  /**
   * Characters of a text, bytes of a binary value.
   */
  shortest?: number | null;
  longest?: number | null;
  /**
   * The first values that differ, shortened.
   */
  values: string[];
  /**
   * Values that cannot be read as the column's type.
   */
  unreadable: number;
}
export interface EvaluateSteps {
  project: string;
  mapping: TableMapping;
  expressions: string[];
  /**
   * 1 to 1,000.
   */
  limit: number;
  ticket: string;
}
export interface StepsEvaluated {
  looked: LookedAt;
  /**
   * In the order asked for.
   */
  steps: StepEvaluated[];
}
export interface StepEvaluated {
  result?: LogicalType | null;
  problem?: ExpressionProblem | null;
  /**
   * One for each row, as text; `null` is NULL.
   */
  values: (string | null)[];
  failures: StepFailure[];
}
export interface StepFailure {
  row: number;
  reason: string;
}
export interface FindLosses {
  project: string;
  mapping: TableMapping;
  /**
   * Of the target.
   */
  column: string;
  /**
   * 1 to 1,000,000.
   */
  rows: number;
  ticket: string;
}
export interface LossesFound {
  looked: LookedAt;
  /**
   * Rows whose value the target column does not hold as it is.
   */
  rows: number;
  examples: LostValue[];
}
export interface LostValue {
  /**
   * What the expression gives; `null` is NULL.
   */
  before?: string | null;
  /**
   * The row would be rejected.
   */
  rejected: boolean;
  /**
   * What would arrive, when it would; `null` is NULL.
   */
  after?: string | null;
  reason: string;
}
/**
 * The ticket that a look was asked with, to end it.
 */
export interface ByTicket {
  ticket: string;
}
/**
 * What a run would do, in order, and what is wrong with it.
 */
export interface Plan {
  /**
   * Hash of mapping and schemas: a checkpoint is bound to it.
   */
  fingerprint: string;
  /**
   * In the order in which tables are loaded.
   */
  steps: Step[];
  findings: Finding[];
  /**
   * Foreign keys that go in a circle, each as the tables on it.
   */
  cycles: TableName[][];
  /**
   * Enumerations that the run makes beside its tables.
   */
  enums?: NewEnum[];
  /**
   * Every statement that changes the target besides writing rows. A run adds those that keep what its tables hold
   * (`Step::kept`), since their names hold the run's own.
   */
  statements: Statement[];
  /**
   * Triggers of the target that are disabled while rows are loaded.
   */
  suspended?: Suspended[];
  /**
   * How the source is kept still while it is read, in words.
   */
  consistency: string;
  rows?: number | null;
  bytes?: number | null;
}
/**
 * One source table into one target table.
 */
export interface Step {
  /**
   * Position in the project's `tables`.
   */
  mapping: number;
  from: TableName;
  to: TableName;
  source: Table;
  target: Table;
  creates: boolean;
  adds_columns: string[];
  existing: Existing;
  filter?: string | null;
  columns: StepColumn[];
  /**
   * Columns that both databases generate: they are not written, and compared after the load.
   */
  computed?: StepColumn[];
  /**
   * Target tables that this one's foreign keys refer to and that are loaded before it.
   */
  after: TableName[];
  /**
   * Estimates of the source; `None` when it does not know.
   */
  rows?: number | null;
  bytes?: number | null;
  orphans?: OrphanChoice;
  rollback?: RollbackLevel;
  /**
   * Why it is no better, or what it costs, in words.
   */
  rollback_note?: string;
  kept?: Kept;
}
export interface StepColumn {
  to: string;
  /**
   * SQL over the source row.
   */
  expression: string;
  from_type: LogicalType;
  to_type: LogicalType;
  verdict: Verdict;
  approved: boolean;
  misfit?: Substitute;
  strip_nul?: boolean;
}
/**
 * Something that a person should know before the run.
 */
export interface Finding {
  code: FindingCode;
  severity: Severity;
  /**
   * The target table.
   */
  table?: TableName | null;
  column?: string | null;
  /**
   * Where in the project document, such as `tables[2].columns[0]`.
   */
  path?: string | null;
  /**
   * What is the case.
   */
  message: string;
  /**
   * What can be done about it.
   */
  remedy: string;
  /**
   * What the data says, where they were read.
   */
  evidence?: Evidence | null;
  /**
   * Changes of the project, of which each resolves it.
   */
  choices?: Choice[];
}
/**
 * What was seen in the data.
 */
export interface Evidence {
  /**
   * Rows concerned among those read.
   */
  rows: number;
  rows_read: number;
  /**
   * Not all rows were read: there may be more.
   */
  sampled: boolean;
  /**
   * Keys of some rows concerned, as `name=value`, or their line or rowid.
   */
  keys?: string[];
  /**
   * One of the values, as text or in hexadecimal. Shown to the person, never logged.
   */
  example?: string | null;
}
/**
 * One way to resolve a finding.
 */
export interface Choice {
  /**
   * For a button, such as "Read as NULL".
   */
  label: string;
  edit: Edit;
}
/**
 * An enumeration that the run makes in the target, for columns that it creates.
 */
export interface NewEnum {
  name: TableName;
  /**
   * In their order, by which they are sorted.
   */
  labels: string[];
}
export interface Statement {
  table: TableName;
  when: When;
  sql: string;
  /**
   * Deletes or overwrites something that is there: confirmed on its own.
   */
  destructive: boolean;
}
/**
 * A trigger that is disabled while rows are loaded. The record of a run holds it before anything is done.
 */
export interface Suspended {
  table: TableName;
  trigger: string;
  disable: string;
  /**
   * Puts it back into the state in which it was.
   */
  restore: string;
}
export interface StartRun {
  project: string;
  dry_run: boolean;
  /**
   * The person confirmed every destructive statement of the plan with this fingerprint.
   */
  confirmed?: string | null;
}
export interface RunStarted {
  run: string;
}
/**
 * The rows of a reject file that a person has corrected.
 */
export interface LoadRejects {
  project: string;
  /**
   * The file.
   */
  path: string;
  /**
   * Also when the same file was loaded before.
   */
  again?: boolean;
}
export interface ByRun {
  run: string;
}
/**
 * Everything about a run now, for a window that opens while it is under way.
 */
export interface RunSnapshot {
  run: string;
  project: string;
  project_name: string;
  dry_run: boolean;
  status: RunStatus;
  phase: Phase;
  started_at: string;
  seconds: number;
  tables: TableProgress[];
  /**
   * The latest lines, oldest first.
   */
  log: LogLine[];
  /**
   * Why it failed.
   */
  error?: RunFailure | null;
  /**
   * Tables of which the target keeps what a rollback needs, until the run is accepted.
   */
  kept_tables?: number;
}
/**
 * One table's share of a run. Row counts grow as chunks commit; `seconds` is time spent on this table.
 */
export interface TableProgress {
  source: TableName;
  target: TableName;
  state: TableState;
  /**
   * The source's estimate, for the bar; `None` when it does not know.
   */
  expected?: number | null;
  read: number;
  written: number;
  rejected: number;
  filtered: number;
  bytes: number;
  seconds: number;
  chunks: number;
  chunks_done: number;
}
export interface LogLine {
  at: string;
  level: LogLevel;
  message: string;
}
export interface RunFailure {
  kind: ErrorKind;
  message: string;
  remedy?: string | null;
}
export interface ListRuns {
  /**
   * Only this project's.
   */
  project?: string | null;
}
export interface Report {
  run: string;
  project: string;
  project_version: number;
  rowferry_version: string;
  /**
   * Who ran it, on which machine.
   */
  operator: string;
  dry_run: boolean;
  /**
   * The reject file whose rows were loaded, where it was not the source.
   */
  reload?: Reload | null;
  status: RunStatus;
  outcome: Outcome;
  /**
   * One sentence.
   */
  summary: string;
  /**
   * RFC 3339, UTC.
   */
  started_at: string;
  finished_at?: string | null;
  seconds: number;
  source: Side;
  target: Side;
  consistency: string;
  /**
   * How often something was tried again after a passing fault; the log says what.
   */
  retries?: number;
  /**
   * Where the time went. A phase that was not entered is missing.
   */
  phases?: PhaseTime[];
  tables: TableReport[];
  findings: Finding[];
  statements: Statement[];
  /**
   * Destructive acts, lossy conversions and choices about values that a person approved.
   */
  approvals: Approval[];
  verification?: Verification | null;
  error?: RunFailure | null;
  log: LogLine[];
}
/**
 * What a run reloads.
 */
export interface Reload {
  /**
   * The run whose rejects they were; none where the file does not say.
   */
  of_run?: string | null;
  /**
   * As the person named it.
   */
  file: string;
  /**
   * Hash of its content.
   */
  digest: string;
}
export interface Side {
  connection: string;
  /**
   * Without its password.
   */
  url: string;
  product: string;
  environment: Environment;
}
/**
 * Time spent in one phase, over all resumes.
 */
export interface PhaseTime {
  phase: Phase;
  seconds: number;
}
/**
 * One table's share of a run. Row counts grow as chunks commit; `seconds` is time spent on this table.
 */
export interface TableReport {
  source: TableName;
  target: TableName;
  state: TableState;
  /**
   * The source's estimate, for the bar; `None` when it does not know.
   */
  expected?: number | null;
  read: number;
  written: number;
  rejected: number;
  filtered: number;
  bytes: number;
  seconds: number;
  chunks: number;
  chunks_done: number;
  /**
   * Path of the reject file.
   */
  rejects?: string | null;
  /**
   * How many rows were rejected for each reason, most first.
   */
  reject_reasons: RejectReason[];
  sequences: SequenceSet[];
  /**
   * Values that were changed because a person chose so.
   */
  changes?: ChangeCount[];
}
export interface RejectReason {
  reason: string;
  rows: number;
}
/**
 * A sequence or identity that was set after the load, so that the next insert gets a free number.
 */
export interface SequenceSet {
  sequence: string;
  column: string;
  /**
   * The number that the next insert will get.
   */
  next: number;
  proof?: SequenceProof;
}
/**
 * How many values of a column were changed in a run.
 */
export interface ChangeCount {
  column: string;
  kind: ChangeKind;
  values: number;
}
/**
 * One thing that was agreed to.
 */
export interface Approval {
  what: string;
  /**
   * User and machine.
   */
  by: string;
  /**
   * RFC 3339, UTC: when the run began that it was given for.
   */
  at: string;
}
export interface Verification {
  level: VerifyLevel;
  tables: TableVerification[];
  seconds: number;
}
export interface TableVerification {
  source: TableName;
  target: TableName;
  /**
   * Rows in the source table now.
   */
  source_rows: number;
  /**
   * Rows that should be in the target: what the filter kept, less the rejects, plus what was there before.
   */
  expected_rows: number;
  target_rows: number;
  columns: ColumnVerification[];
  /**
   * Over whole rows, whatever their order: finds values that changed places between rows.
   */
  row_checksum?: Measure | null;
  /**
   * Rows whose foreign key points at nothing, by foreign key.
   */
  orphans: Orphans[];
  /**
   * The rows that differ, as far as they were sought and found.
   */
  differences?: RowDifference[];
  /**
   * How many rows differ in all; `None` when they were not sought.
   */
  different_rows?: number | null;
  /**
   * What was brought to one form on both sides before it was compared.
   */
  normalised: string[];
  /**
   * What was deliberately not compared, and why.
   */
  not_compared: string[];
}
export interface ColumnVerification {
  column: string;
  measures: Measure[];
}
/**
 * One figure on both sides: `nulls`, `distinct`, `least`, `greatest`, `sum`, `length`, `checksum`.
 */
export interface Measure {
  name: string;
  expected?: string | null;
  actual?: string | null;
  /**
   * An estimate, because the exact figure would not fit in memory.
   */
  estimated: boolean;
}
export interface Orphans {
  foreign_key: string;
  rows: number;
  /**
   * The project says that they stay: no difference.
   */
  kept?: boolean;
}
/**
 * One row that is not on both sides as it should be.
 */
export interface RowDifference {
  /**
   * In the target's column names, as `name=value`.
   */
  key: string;
  kind: DifferenceKind;
  /**
   * For a changed row, the columns that differ; for others, all of them.
   */
  cells: CellDifference[];
}
/**
 * A value on both sides, as text and as the bytes of its canonical form in hexadecimal.
 */
export interface CellDifference {
  column: string;
  expected?: string | null;
  actual?: string | null;
  expected_bytes?: string | null;
  actual_bytes?: string | null;
  /**
   * The rule by which the two may differ, where one explains it.
   */
  rule?: string | null;
}
export interface Picture {
  about: PictureAbout;
  title: string;
  /**
   * What it shows, in one sentence.
   */
  summary: string;
  /**
   * What the parts of the bars mean, where they have more than one.
   */
  legend: PictureKind[];
  bars: PictureBar[];
}
export interface PictureBar {
  name: string;
  /**
   * From the start to the end; together at most 1.
   */
  parts: PicturePart[];
  /**
   * The figure, in words.
   */
  text: string;
}
export interface PicturePart {
  kind: PictureKind;
  /**
   * Share of the picture's width.
   */
  share: number;
}
export interface RenderReport {
  run: string;
  format: ReportFormat;
  /**
   * Also write it to this file.
   */
  path?: string | null;
}
export interface RenderedReport {
  content: string;
  path?: string | null;
}
export interface ListRejects {
  run: string;
  table: TableName;
  offset: number;
  /**
   * 1 to 1,000.
   */
  limit: number;
}
export interface Rejects {
  /**
   * The file that holds them all.
   */
  path?: string | null;
  total: number;
  rows: RejectedRow[];
}
/**
 * One line of a reject file (JSON lines).
 */
export interface RejectedRow {
  /**
   * Target table.
   */
  table: string;
  /**
   * Where the row stands in its source: key columns as `name=value`, or its line or rowid.
   */
  key: string;
  /**
   * The column at fault, where one is known.
   */
  column?: string | null;
  reason: string;
  /**
   * The source row, as text by column.
   */
  row: {
    [k: string]: unknown;
  };
  /**
   * Hash of the row as it would have been written; lets a verification leave it out.
   */
  hash?: string | null;
}
export interface VerifyRun {
  run: string;
  level: VerifyLevel;
}
/**
 * A table's line in the last event of `run --json`.
 */
export interface FinishedTable {
  target: string;
  read: number;
  written: number;
  rejected: number;
  filtered: number;
  bytes: number;
  seconds: number;
  /**
   * Path of the reject file, when there are rejects.
   */
  rejects?: string | null;
}
/**
 * An error as the window gets it: it words it by `kind`, and shows message and remedy.
 */
export interface WireError {
  kind: ErrorKind;
  message: string;
  remedy?: string | null;
  context: Context;
}
/**
 * Where it happened. Every field is a name or a place, never a value.
 */
export interface Context {
  connection?: string | null;
  table?: string | null;
  column?: string | null;
  /**
   * Path inside the project document, such as `tables[2].columns[0].expression`.
   */
  path?: string | null;
  file?: string | null;
  /**
   * One-based.
   */
  line?: number | null;
  /**
   * One-based, in characters, in `line` or in the expression.
   */
  character?: number | null;
  /**
   * Zero-based offset in `file`.
   */
  byte?: number | null;
  /**
   * The chunk's range, as the ledger names it.
   */
  range?: string | null;
}
