/** Two small catalogs and an engine that answers for them, for tests of the mapper. */
import type { Catalog, Column, MappingDescription, OpenProject, Project, Table, TableMapping, Verdict } from "../../../bindings";
import type { Answers } from "../../../testing/host";

export function column(name: string, more: Partial<Column> = {}): Column {
  return { name, native_type: "text", logical: { type: "text", fixed: false }, nullable: true, ...more };
}

export function table(schema: string, name: string, columns: Column[], more: Partial<Table> = {}): Table {
  return {
    name: { schema, table: name },
    kind: "table",
    columns,
    unique_keys: [],
    foreign_keys: [],
    indexes: [],
    checks: [],
    ...more,
  };
}

export function catalog(schema: string, tables: Table[]): Catalog {
  return { connector: "sqlite", product: "SQLite", schemas: [{ name: schema, tables, sequences: [] }] };
}

const id = (name: string) => column(name, { native_type: "INTEGER", logical: { type: "integer", bits: 64, signed: true }, nullable: false });

export const SOURCE = catalog("main", [
  table("main", "Album", [id("AlbumId"), column("Title"), id("ArtistId")], { row_estimate: 347 }),
  table("main", "Artist", [id("ArtistId"), column("Name")]),
]);

export const TARGET = catalog("public", [
  table("public", "album", [id("album_id"), column("title", { nullable: false }), id("artist_id"), column("search", { generated: "lower(title)" })]),
  table("public", "artist", [id("artist_id"), column("name")]),
]);

export const ALBUM = { schema: "main", table: "Album" };
export const ARTIST = { schema: "main", table: "Artist" };
export const album = { schema: "public", table: "album" };
export const artist = { schema: "public", table: "artist" };

export function project(tables: TableMapping[] = []): Project {
  return {
    rowferry: 1,
    id: "p1",
    name: "Chinook",
    connections: { a: { url: "sqlite:a.db", environment: "development" }, b: { url: "sqlite:b.db", environment: "development" } },
    source: "a",
    target: "b",
    tables,
    options: { chunk_rows: 100_000, batch_bytes: 4_194_304, jobs: 0, reject_limit: 10_000, verify: "aggregates" },
  };
}

export function mapping(columns: TableMapping["columns"], more: Partial<TableMapping> = {}): TableMapping {
  return { from: ALBUM, to: album, existing: "refuse", state: "confirmed", columns, ...more };
}

export function suggested(from: string, to: string, score: number): TableMapping["columns"][number] {
  return { to, from: [from], state: "suggested", suggestion: { score, reasons: ["same name"] } };
}

export function opened(document: Project): OpenProject {
  return { id: "p1", path: "/p1", version: 1, document };
}

/** Says `exact` of everything, but lossy of what goes into a name and impossible of what goes into a title from a number. */
export function describe(document: Project): MappingDescription {
  const verdict = (from: string | undefined, to: string): Verdict => {
    if (to === "name" && from !== "Name") return { verdict: "lossy", why: "it loses its meaning" };
    if (to === "title" && from === "AlbumId") return { verdict: "impossible", why: "a number is no title" };
    return { verdict: "exact" };
  };
  return {
    proposed: [],
    tables: document.tables.map(({ to, columns }) => ({
      to,
      creates: false,
      required: to.table === "album" ? ["album_id", "title", "artist_id"].filter((name) => !columns.some((each) => each.to === name)) : [],
      columns: columns.map((each) => ({ to: each.to, from: each.from ?? [], verdict: verdict(each.from?.[0], each.to) })),
    })),
  };
}

export const engine: Answers = {
  catalog: ({ side }) => (side === "source" ? SOURCE : TARGET),
  describe_mapping: ({ document }) => describe(document),
  save_project: ({ document }) => ({ version: 2, document }),
  functions: () => [],
  analyze_expression: () => ({ references: [] }),
  cancel_look: () => ({}),
  evaluate_steps: ({ expressions }) => ({
    looked: { query: "select", more_queries: 0, rows: 1, sampled: false },
    steps: expressions.map((text) => ({ values: [text], failures: [] })),
  }),
  preview: () => ({ query: "select", before: { columns: [], rows: [] }, after: { columns: [], rows: [] }, rejects: [], filtered: [], rows: [] }),
  suggest: ({ document }) => ({
    tables: [...document.tables, ...(document.tables.length === 0 ? [mapping([suggested("Title", "title", 0.9), suggested("ArtistId", "artist_id", 0.6)], { state: "suggested" })] : [])],
    columns: 2,
  }),
};
