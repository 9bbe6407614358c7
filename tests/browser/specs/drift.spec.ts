import type { Page } from "@playwright/test";
import type { Bridge } from "../bridge.ts";
import { Database } from "../postgres.ts";
import { expect, expectAccessible, test } from "../test.ts";
import { link, openTables, row } from "../steps.ts";

const SCHEMAS = `
  create schema old;
  create schema new;
  create table old.customers (id int primary key, name text not null, city text, since date);
  create table old.notes (id int primary key, body text);
  create table new.clients (id int primary key, full_name text not null, town text, since date);
  create table new.remarks (id int primary key, body text);
  insert into old.customers select n, 'name ' || n, 'city', current_date from generate_series(1, 20) n;
`;

const copy = (from: string, to: string) => ({ from: [from], to, state: "confirmed" });

/** A project between two schemas of one real database, with its mapping. */
async function project(bridge: Bridge, database: Database): Promise<void> {
  const { id, document } = await bridge.call<{ id: string; document: object }>("new_project", { name: "Drift" });
  const connections = {
    source: { url: database.url("old"), environment: "test" },
    target: { url: database.url("new"), environment: "test" },
  };
  const table = (from: string, to: string, columns: object[]) => ({
    from: { schema: "old", table: from },
    to: { schema: "new", table: to },
    existing: "refuse",
    state: "confirmed",
    columns,
  });
  const tables = [
    table("customers", "clients", [
      copy("id", "id"),
      { from: ["name"], to: "full_name", expression: "upper(name)", state: "confirmed" },
      copy("city", "town"),
      copy("since", "since"),
    ]),
    table("notes", "remarks", [copy("id", "id"), copy("body", "body")]),
  ];
  await bridge.call("save_project", { id, document: { ...document, connections, tables } });
  for (const connection of ["source", "target"]) {
    await bridge.call("set_secret", { project: id, connection, secret: database.server.password, remember: false });
  }
}

async function open(page: Page): Promise<void> {
  await page.getByTestId("recent-project").getByRole("button").first().click();
  await expect(row(page, "source", "customers")).toBeVisible();
}

test("a real schema that changes is found by a rescan, shown, and rebound", async ({ page, bridge }) => {
  const database = Database.make("rowferry_drift", SCHEMAS);
  await project(bridge, database);
  await page.reload();
  await open(page);
  await expect(page.getByTestId("drift")).toHaveCount(0);

  database.run(`
    alter table old.customers rename column name to client_name;
    alter table old.customers alter column id type bigint;
    alter table old.customers add column phone text;
    drop table old.notes;
    alter table new.clients rename column town to city;
    alter table new.clients add column country text not null;
  `);
  await page.getByTestId("source-rescan").click();
  await expect(page.getByTestId("drift-source")).toContainText("1 table removed");
  await expect(page.getByTestId("drift-source")).toContainText("1 column renamed");
  await expect(page.getByTestId("drift-source")).toContainText("1 column changed");
  await expect(page.getByTestId("drift-source")).toContainText("1 column added");
  await page.getByTestId("target-rescan").click();
  await expect(page.getByTestId("drift-target")).toContainText("1 column renamed, 1 column added");
  await expect(page.getByTestId("drift-open")).toHaveText("4 places of the mapping to look at.");

  // What is broken can be seen where it was.
  await expect(row(page, "source", "notes")).toHaveAttribute("data-gone", "true");
  await openTables(page, "customers", "clients");
  await expect(row(page, "source", "customers.name")).toHaveAttribute("data-gone", "true");
  await expect(link(page, "clients.full_name")).toHaveAttribute("data-tone", "problem");
  await expect(row(page, "target", "clients.town")).toHaveAttribute("data-gone", "true");
  await expect(row(page, "target", "clients.country")).toHaveAttribute("data-missing", "true");
  await page.getByTestId("filter-errors").click();
  await expect(row(page, "target", "clients.full_name")).toBeVisible();
  await expect(row(page, "target", "clients.town")).toBeVisible();
  await expect(row(page, "target", "clients.since")).toHaveCount(0);
  await page.getByTestId("filter-all").click();

  // A restart forgets nothing: the mapping was last seen against the schemas as they were.
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-state", "saved");
  await page.reload();
  await open(page);
  await expect(page.getByTestId("drift-open")).toHaveText("4 places of the mapping to look at.");

  await page.getByTestId("drift-review").click();
  const list = page.getByTestId("drift-items");
  await expect(page.getByTestId("drift-item-source-customers.name")).toContainText("client_name");
  await expect(page.getByTestId("drift-item-source-customers.name")).toContainText("in the same place");
  await expect(page.getByTestId("drift-item-target-clients.country")).toContainText("text not null");
  await expect(page.getByTestId("drift-item-source-customers.id")).toHaveCount(0);
  await page.getByTestId("drift-only-open").uncheck();
  await expect(page.getByTestId("drift-item-source-customers.id")).toContainText("integer not null → bigint not null");
  await expect(page.getByTestId("drift-item-source-customers.phone")).toBeVisible();
  await expectAccessible(page, "drift");
  await page.getByTestId("drift-only-open").check();

  // One by itself, undone and done again; the rest of the renames at once.
  await list.getByRole("button", { name: "Rebind customers.name" }).click();
  await expect(page.getByTestId("drift-item-source-customers.name")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await page.getByTestId("undo").click();
  await expect(page.getByTestId("drift-open")).toHaveText("4 places of the mapping to look at.");
  await page.getByTestId("drift-rebind-all").click();
  await expect(page.getByTestId("drift-open")).toHaveText("2 places of the mapping to look at.");

  await page.getByTestId("drift-review").click();
  await list.getByRole("button", { name: "Remove the links of notes" }).click();
  await expect(page.getByTestId("drift-item-source-notes")).toHaveCount(0);
  await list.getByRole("button", { name: "Show clients.country" }).click();
  await page.getByTestId("constant").fill("unknown");
  await page.getByTestId("constant-set").click();
  await expect(page.getByTestId("drift-open")).toHaveText("The mapping fits it.");
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-state", "saved");

  const [known] = await bridge.call<{ id: string }[]>("recent_projects");
  const saved = await bridge.call<{ document: { tables: { columns: { to: string; from?: string[]; expression?: string }[] }[] } }>("load_project", { id: known!.id });
  expect(saved.document.tables).toHaveLength(1);
  const columns = new Map(saved.document.tables[0]!.columns.map((column) => [column.to, column]));
  expect(columns.get("full_name")).toMatchObject({ from: ["client_name"], expression: "upper(client_name)" });
  expect(columns.get("city")).toMatchObject({ from: ["city"] });
  expect(columns.has("town")).toBe(false);

  await page.getByTestId("drift-review").click();
  await page.getByTestId("drift-accept").click();
  await expect(page.getByTestId("drift")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await page.reload();
  await open(page);
  await expect(link(page, "clients")).toBeVisible();
  await expect(page.getByTestId("drift")).toHaveCount(0);
});

test("what is left as it is can be looked at again, and tables that runs make are no drift", async ({ page, bridge }) => {
  const database = Database.make("rowferry_drift_made", `${SCHEMAS} drop table new.remarks;`);
  await project(bridge, database);
  await page.reload();
  await open(page);
  await expect(row(page, "target", "remarks")).toBeVisible();

  // As a run would make it.
  database.run("create table new.remarks (id int primary key, body text); alter table old.notes rename to comments");
  await page.getByTestId("target-rescan").click();
  await page.getByTestId("source-rescan").click();
  await expect(page.getByTestId("drift-source")).toContainText("1 table renamed");
  await expect(page.getByTestId("drift-target")).toHaveCount(0);
  await page.getByTestId("drift-review").click();
  await page.getByTestId("drift-skip").click();
  await expect(page.getByTestId("drift-state")).toHaveText("left as it is");
  await expect(page.getByTestId("drift-accept")).toHaveText("Done");
  await page.getByTestId("drift-unskip").click();
  await page.getByTestId("drift-rebind").click();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("drift-open")).toHaveText("The mapping fits it.");
  await expect(row(page, "source", "comments")).toBeVisible();
  await expect(row(page, "source", "notes")).toHaveCount(0);
});
