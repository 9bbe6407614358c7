/** The application in its real window, in a workspace of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { WebDriver } from "./webdriver.ts";

const target =
  process.env.CARGO_TARGET_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "rowferry", "target");
const application = process.env.ROWFERRY_APP ?? join(target, "debug", "rowferry-app");
const driver = process.env.WEBKIT_WEBDRIVER ?? "/usr/bin/WebKitWebDriver";

export class Window {
  private constructor(
    private readonly driverProcess: ChildProcess,
    /** The workspace is in it. */
    readonly folder: string,
    readonly driver: WebDriver,
  ) {}

  /** When the process of the application began, in milliseconds since 1970; only of one that was opened `stamped`. */
  startedAt(): number {
    return Number(readFileSync(join(this.folder, "started"), "utf8")) / 1e6;
  }

  /** Starts the application once more, as a person does who looks for the window; its end is awaited. */
  async startAgain(args: string[] = []): Promise<void> {
    const again = spawn(application, args, { stdio: ["ignore", "inherit", "inherit"], env: environment(this.folder) });
    const code = await new Promise<number | null>((resolve) => again.once("exit", resolve));
    if (code !== 0) throw new Error(`the second process ended with ${code}`);
  }

  /** Whether the process of the application lives; only of one that was opened `stamped`. */
  isAlive(): boolean {
    try {
      return process.kill(Number(readFileSync(join(this.folder, "pid"), "utf8")), 0);
    } catch {
      return false;
    }
  }

  /** `stamped`: keeps when the process began, and which one it is. `folder`: that of a window before. */
  static async open(args: string[], { stamped = false, folder = mkdtempSync(join(tmpdir(), "rowferry-window-")) } = {}): Promise<Window> {
    if (!process.env.DISPLAY) throw new Error("There is no display. Run: cargo xtask test");
    if (!existsSync(driver)) throw new Error(`${driver} is missing. Install webkit2gtk-driver.`);
    if (!existsSync(application)) throw new Error(`${application} is missing. Run: cargo build --bin rowferry-app`);
    const port = await freePort();
    const child = spawn(driver, [`--port=${port}`, "--host=127.0.0.1"], {
      stdio: ["ignore", "inherit", "inherit"],
      env: environment(folder),
    });
    try {
      const address = `http://127.0.0.1:${port}`;
      await listening(address);
      return new Window(child, folder, await WebDriver.open(address, stamped ? stamp(folder) : application, args));
    } catch (error) {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** `keep`: leaves the folder to another window. */
  async close({ keep = false } = {}): Promise<void> {
    await this.driver.close().catch(() => undefined);
    const ended = new Promise((resolve) => this.driverProcess.once("exit", resolve));
    if (this.driverProcess.exitCode === null && this.driverProcess.kill()) await ended;
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }
}

function environment(folder: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ROWFERRY_HOME: join(folder, "workspace"),
    // As it stands in reports.
    USER: "ada",
    // The plainest locale, whose name is not a language.
    LC_ALL: "C.UTF-8",
    // Lets the driver take hold of the window.
    TAURI_AUTOMATION: "true",
    TAURI_WEBVIEW_AUTOMATION: "true",
    // Nothing that makes WebKit draw in another way: its screenshot would then never come.
    NO_AT_BRIDGE: "1",
    GTK_THEME: "Adwaita",
  };
}

/** A program that notes the time and becomes the application. */
function stamp(folder: string): string {
  const path = join(folder, "stamped");
  writeFileSync(path, `#!/bin/sh\ndate +%s%N > '${folder}/started'\necho $$ > '${folder}/pid'\nexec '${application}' "$@"\n`, { mode: 0o755 });
  return path;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

async function listening(address: string): Promise<void> {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    if (await fetch(`${address}/status`).then((r) => r.ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${driver} does not answer`);
}
