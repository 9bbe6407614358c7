/** A database of a test's own on the private PostgreSQL, changed as a DBA would: by psql. */
import { execFileSync } from "node:child_process";
import { postgres, type Server } from "./steps.ts";

export class Database {
  private constructor(readonly server: Server) {}

  static make(name: string, sql: string): Database {
    const server = postgres();
    psql(server, `drop database if exists "${name}"`);
    psql(server, `create database "${name}"`);
    const made = new Database({ ...server, database: name });
    made.run(sql);
    return made;
  }

  run(sql: string): void {
    psql(this.server, sql);
  }

  /** Without the password, as a project has it. */
  url(schema: string): string {
    const { user, host, port, database } = this.server;
    return `postgres://${user}@${host}:${port}/${database}?schema=${schema}`;
  }
}

function psql({ host, port, user, password, database }: Server, sql: string): void {
  execFileSync("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", host, "-p", String(port), "-U", user, "-d", database, "-c", sql], {
    env: { ...process.env, PGPASSWORD: password },
    stdio: ["ignore", "ignore", "inherit"],
  });
}
