/** As much of the W3C WebDriver protocol as the window test needs. */

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export interface Point {
  x: number;
  y: number;
}

export class WebDriver {
  private constructor(
    private readonly address: string,
    private readonly session: string,
  ) {}

  /** Starts the application and takes hold of its window. */
  static async open(address: string, binary: string, args: string[]): Promise<WebDriver> {
    const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": { binary, args } } };
    const { sessionId } = await send<{ sessionId: string }>("POST", `${address}/session`, { capabilities });
    const driver = new WebDriver(address, sessionId);
    await driver.patience(300);
    return driver;
  }

  close(): Promise<unknown> {
    return this.send("DELETE", "");
  }

  /** Runs the body of a function in the window. */
  script<T>(body: string, ...args: unknown[]): Promise<T> {
    return this.send<T>("POST", "/execute/sync", { script: body, args });
  }

  /** Runs the body of an asynchronous function in the window, and gives what it returns. */
  async scriptAsync<T>(body: string, ...args: unknown[]): Promise<T> {
    const script = `const done = arguments[arguments.length - 1];
      (async function () { ${body} }).apply(null, [...arguments].slice(0, -1))
        .then((value) => done({ value: value ?? null }), (error) => done({ error: String(error) }));`;
    const { value, error } = await this.send<{ value: T; error?: string }>("POST", "/execute/async", { script, args });
    if (error !== undefined) throw new Error(`in the window: ${error}`);
    return value;
  }

  /** How long a script in the window may take. */
  private async patience(seconds: number): Promise<void> {
    await this.send("POST", "/timeouts", { script: seconds * 1000 });
  }

  async setSize(width: number, height: number): Promise<void> {
    await this.send("POST", "/window/rect", { x: 0, y: 0, width, height });
  }

  /** What is on the screen once everything that was to be drawn has been. */
  async screenshot(): Promise<Buffer> {
    const drawn = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
    await this.send("POST", "/execute/async", { script: drawn, args: [] });
    return Buffer.from(await this.send<string>("GET", "/screenshot"), "base64");
  }

  /** Waits until `ready` gives something other than null, false and undefined. */
  async until<T>(what: string, ready: () => Promise<T | null | undefined | false>, seconds = 60): Promise<T> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const found = await ready();
      if (found !== null && found !== undefined && found !== false) return found;
      if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s. The window shows:\n${await this.text()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** All text in the window. */
  text(): Promise<string> {
    return this.script<string>("return document.body.innerText");
  }

  /** The element with this test id, once it can be seen. */
  element(testId: string): Promise<string> {
    return this.until(testId, async () => {
      const found = await this.send<Record<string, string>[]>("POST", "/elements", {
        using: "css selector",
        value: `[data-testid="${testId}"]`,
      });
      for (const each of found) {
        const id = each[ELEMENT];
        if (id !== undefined && (await this.send<boolean>("GET", `/element/${id}/displayed`))) return id;
      }
      return null;
    });
  }

  /** Waits for an element that need not be seen, such as a line of the link layer. */
  exists(testId: string): Promise<boolean> {
    return this.until(testId, () =>
      this.script<boolean>("return document.querySelector('[data-testid=\"' + arguments[0] + '\"]') !== null", testId),
    );
  }

  async click(testId: string): Promise<void> {
    const id = await this.element(testId);
    await this.until(`${testId} can be clicked`, () => this.send<boolean>("GET", `/element/${id}/enabled`));
    await this.send("POST", `/element/${id}/click`, {});
  }

  textOf(testId: string): Promise<string> {
    return this.element(testId).then((id) => this.send<string>("GET", `/element/${id}/text`));
  }

  async attributeOf(testId: string, name: string): Promise<string | null> {
    return this.send<string | null>("GET", `/element/${await this.element(testId)}/attribute/${name}`);
  }

  /** The middle of what is shown of an element, in the window's pixels. */
  async middleOf(testId: string): Promise<Point> {
    await this.element(testId);
    return this.script<Point>(
      `const box = document.querySelector('[data-testid="' + arguments[0] + '"]').getBoundingClientRect();
       return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };`,
      testId,
    );
  }

  async moveTo(at: Point): Promise<void> {
    await this.pointer([{ type: "pointerMove", duration: 0, origin: "viewport", ...at }]);
  }

  /** Waits until nothing fades or moves any more, and no hint is left open. */
  async settled(): Promise<void> {
    await this.until("the window is still", () =>
      this.script<boolean>(
        `return document.querySelector('[role="tooltip"]') === null
           && document.getAnimations().every((each) => each.effect.getComputedTiming().iterations === Infinity || each.playState !== "running")`,
      ),
    );
  }

  async doubleClick(at: Point): Promise<void> {
    const press = [{ type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }];
    await this.pointer([{ type: "pointerMove", duration: 0, origin: "viewport", ...at }, ...press, ...press]);
  }

  /** Presses the pointer's button on one point, moves, and lets go on another, in small steps as a hand does. */
  async drag(from: Point, to: Point, midway?: () => Promise<void>): Promise<void> {
    const at = (share: number) => ({
      type: "pointerMove",
      duration: 20,
      origin: "viewport",
      x: Math.round(from.x + (to.x - from.x) * share),
      y: Math.round(from.y + (to.y - from.y) * share),
    });
    await this.pointer([{ ...at(0), duration: 0 }, { type: "pointerDown", button: 0 }, at(0.05), at(0.2), at(0.6)]);
    await midway?.();
    await this.pointer([at(0.9), at(1), at(1), { type: "pointerUp", button: 0 }]);
  }

  private async pointer(actions: object[]): Promise<void> {
    await this.send("POST", "/actions", {
      actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }],
    });
  }

  private send<T>(method: string, path: string, body?: object): Promise<T> {
    return send<T>(method, `${this.address}/session/${this.session}${path}`, body);
  }
}

async function send<T>(method: string, url: string, body?: object): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${value.error}: ${value.message}`);
  return value;
}
