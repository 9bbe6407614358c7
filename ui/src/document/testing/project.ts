/** A small project for tests: Album is mapped, half of it only suggested. */
import type { ColumnMapping, Project, TableName } from "../../bindings";

export const ALBUM: TableName = { schema: "main", table: "Album" };
export const ARTIST: TableName = { schema: "main", table: "Artist" };
export const album: TableName = { schema: "public", table: "album" };
export const artist: TableName = { schema: "public", table: "artist" };

export function copy(from: string, to: string): ColumnMapping {
  return { to, from: [from], state: "confirmed" };
}

export function suggested(from: string, to: string, score: number): ColumnMapping {
  return { to, from: [from], state: "suggested", suggestion: { score, reasons: ["same name"] } };
}

export function smallProject(): Project {
  return {
    rowferry: 1,
    id: "p1",
    name: "Chinook",
    connections: {
      chinook: { url: "sqlite:chinook.db", environment: "development" },
      shop: { url: "postgres://me@localhost/shop", environment: "test" },
    },
    source: "chinook",
    target: "shop",
    tables: [
      {
        from: ALBUM,
        to: album,
        existing: "refuse",
        state: "suggested",
        columns: [
          copy("AlbumId", "album_id"),
          suggested("Title", "title", 0.92),
          suggested("ArtistId", "artist_id", 0.7),
        ],
      },
    ],
    options: {
      chunk_rows: 100_000,
      batch_bytes: 4_194_304,
      jobs: 0,
      reject_limit: 10_000,
      verify: "aggregates",
    },
  };
}
