/** What a person does on a screen, in the words of the tests. */
import type { Locator, Page } from "@playwright/test";
import { expect } from "./test.ts";

export type Side = "source" | "target";

/** A name nobody has used: a new project, open on its connections. */
export async function newProject(page: Page, name: string): Promise<void> {
  await page.getByTestId("new-project").click();
  await page.getByTestId("project-name-field").fill(name);
  await page.getByTestId("dialog-submit").click();
  await expect(page.getByTestId("screen-connections")).toBeVisible();
}

export async function chooseConnector(page: Page, side: Side, name: string): Promise<void> {
  await page.getByTestId(`${side}-connector`).click();
  await page.getByRole("option", { name, exact: true }).click();
}

export interface Server {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
}

export async function fillServer(page: Page, side: Side, server: Server): Promise<void> {
  await page.getByTestId(`${side}-host`).fill(server.host);
  await page.getByTestId(`${side}-port`).fill(String(server.port));
  await page.getByTestId(`${side}-database`).fill(server.database);
  await page.getByTestId(`${side}-user`).fill(server.user);
  await page.getByTestId(`${side}-password`).fill(server.password);
}

export async function test(page: Page, side: Side): Promise<void> {
  await page.getByTestId(`${side}-test`).click();
}

/** The private PostgreSQL that `cargo xtask test` has started. */
export function postgres(): Server {
  const { ROWFERRY_TEST_POSTGRES: url, ROWFERRY_TEST_POSTGRES_PASSWORD: password } = process.env;
  if (!url || password === undefined) {
    throw new Error("ROWFERRY_TEST_POSTGRES is not set: run this by `cargo xtask test`, or `cargo xtask with-servers`.");
  }
  const { hostname, port, pathname, username } = new URL(url);
  return { host: hostname, port: Number(port), database: pathname.slice(1), user: username, password };
}

/** The row of a table (`Album`) or of a column (`Album.Title`). */
export function row(page: Page, side: Side, name: string): Locator {
  return page.getByTestId(`${side}-${name.includes(".") ? "column" : "table"}-${name}`);
}

/** Opens tables, so that their columns are on the screen. */
export async function openTables(page: Page, source: string, target: string): Promise<void> {
  for (const [side, name] of [["source", source], ["target", target]] as const) {
    // Opening a mapped table has opened its counterpart, too.
    if ((await row(page, side, name).getAttribute("aria-expanded")) !== "true") await row(page, side, name).dblclick();
    await expect(row(page, side, name)).toHaveAttribute("aria-expanded", "true");
  }
}

export function link(page: Page, target: string): Locator {
  return page.getByTestId(`link-${target}`);
}

export async function suggestAndAcceptAll(page: Page): Promise<void> {
  await page.getByTestId("suggest").click();
  await expect(page.getByTestId("mapper-message")).toContainText("links suggested");
  await page.getByTestId("accept-all").click();
  await expect(page.getByTestId("mapper-message")).toContainText("accepted");
}

/** From the plan to the end of the run. */
export async function checkAndRun(page: Page): Promise<void> {
  await page.getByTestId("nav-check").click();
  await expect(page.getByTestId("plan-figures")).toBeVisible();
  await expect(page.getByTestId("run-hindrance")).toHaveText("Ready.");
  await page.getByTestId("start-run").click();
  await expect(page.getByTestId("screen-run")).toBeVisible();
}

export async function runEnds(page: Page, status: string): Promise<void> {
  await expect(page.getByTestId("run-status")).toHaveAttribute("data-status", status, { timeout: 100_000 });
}
