/** The real engine behind the page: one process and one workspace for each test. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const target =
  process.env.CARGO_TARGET_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "rowferry", "target");
const program = process.env.ROWFERRY_BRIDGE ?? join(target, "debug", "rowferry-bridge");

export class Bridge {
  private constructor(
    private readonly process: ChildProcess,
    /** Such as `http://127.0.0.1:4173`. */
    readonly address: string,
    /** A folder of the test's own; the workspace is in it. */
    readonly folder: string,
  ) {}

  static async start(): Promise<Bridge> {
    const folder = mkdtempSync(join(tmpdir(), "rowferry-browser-"));
    const child = spawn(program, ["--home", join(folder, "workspace")], { stdio: ["ignore", "pipe", "inherit"] });
    const address = await new Promise<string>((resolve, reject) => {
      child.once("error", (error) =>
        reject(new Error(`${program} cannot be started (${error.message}). Build it: cargo build -p rowferry-tests`)),
      );
      child.once("exit", (code) => reject(new Error(`${program} ended at once (${code})`)));
      createInterface({ input: child.stdout }).on("line", (line) => {
        const found = /^listening on (\S+)$/.exec(line);
        if (found?.[1]) resolve(found[1]);
      });
    });
    return new Bridge(child, address, folder);
  }

  /** An operation of the engine, without the page: to make what a test begins with, and to check what it ends with. */
  async call<Reply>(operation: string, request: object = {}): Promise<Reply> {
    const response = await fetch(`${this.address}/api/call/${operation}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`${operation}: ${JSON.stringify(body)}`);
    return body as Reply;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    if (this.process.exitCode === null && this.process.kill()) await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
