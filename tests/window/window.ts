/** The application in its real window, in a workspace of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
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
    private readonly folder: string,
    readonly driver: WebDriver,
  ) {}

  static async open(args: string[]): Promise<Window> {
    if (!process.env.DISPLAY) throw new Error("There is no display. Run: cargo xtask test");
    if (!existsSync(driver)) throw new Error(`${driver} is missing. Install webkit2gtk-driver.`);
    if (!existsSync(application)) throw new Error(`${application} is missing. Run: cargo build --bin rowferry-app`);
    const folder = mkdtempSync(join(tmpdir(), "rowferry-window-"));
    const port = await freePort();
    const child = spawn(driver, [`--port=${port}`, "--host=127.0.0.1"], {
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        ROWFERRY_HOME: join(folder, "workspace"),
        // The plainest locale, whose name is not a language.
        LC_ALL: "C.UTF-8",
        // Lets the driver take hold of the window.
        TAURI_AUTOMATION: "true",
        TAURI_WEBVIEW_AUTOMATION: "true",
        // Nothing that makes WebKit draw in another way: its screenshot would then never come.
        NO_AT_BRIDGE: "1",
        GTK_THEME: "Adwaita",
      },
    });
    try {
      const address = `http://127.0.0.1:${port}`;
      await listening(address);
      return new Window(child, folder, await WebDriver.open(address, application, args));
    } catch (error) {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.driver.close().catch(() => undefined);
    const ended = new Promise((resolve) => this.driverProcess.once("exit", resolve));
    if (this.driverProcess.exitCode === null && this.driverProcess.kill()) await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
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
