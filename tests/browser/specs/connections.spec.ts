import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, expectAccessible, test as scenario } from "../test.ts";
import { chooseConnector, fillServer, newProject, postgres, test } from "../steps.ts";

/** A port on which nothing listens. */
function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

scenario("a server that does not answer is named, and what to do about it is said", async ({ page }) => {
  await newProject(page, "Unreachable");
  await chooseConnector(page, "source", "PostgreSQL");
  const port = await closedPort();
  await fillServer(page, "source", { host: "127.0.0.1", port, database: "shop", user: "me", password: "x" });
  await test(page, "source");
  const problem = page.getByTestId("source-problem");
  await expect(problem).toHaveAttribute("data-kind", "unreachable");
  await expect(problem.getByTestId("problem-message")).toContainText(String(port));
  await expect(problem.getByTestId("problem-remedy")).not.toBeEmpty();
  await expectAccessible(page, "connections");
});

scenario("a password with every special character connects, and a wrong one is refused without being shown", async ({ page }) => {
  const server = postgres();
  await newProject(page, "Passwords");
  await chooseConnector(page, "source", "PostgreSQL");
  await fillServer(page, "source", { ...server, password: "not the password" });
  await test(page, "source");
  const problem = page.getByTestId("source-problem");
  await expect(problem).toHaveAttribute("data-kind", "authentication");
  await expect(problem).not.toContainText("not the password");

  await page.getByTestId("source-password").fill(server.password);
  await test(page, "source");
  await expect(page.getByTestId("source-tested")).toContainText("PostgreSQL");
  await expect(page.getByTestId("source-url")).toHaveValue(/^postgres:\/\/postgres@127\.0\.0\.1:\d+\/postgres/);
});

scenario("a file that is not a database is said to be none", async ({ page, bridge }) => {
  const file = join(bridge.folder, "holiday.sqlite");
  writeFileSync(file, "This is a text about a holiday, and no database at all.\n".repeat(50));
  await newProject(page, "Not a database");
  await chooseConnector(page, "source", "SQLite");
  await page.getByTestId("source-path").fill(file);
  await test(page, "source");
  await expect(page.getByTestId("source-problem")).toHaveAttribute("data-kind", "wrong-format");
  await expect(page.getByTestId("source-problem")).toContainText("holiday.sqlite");
  await expect(page.getByTestId("source-problem").getByTestId("problem-remedy")).not.toBeEmpty();
});

scenario("a source file that is missing is named, and a target file that is missing will be made", async ({ page, bridge }) => {
  await newProject(page, "Missing files");
  await chooseConnector(page, "source", "SQLite");
  await page.getByTestId("source-path").fill(join(bridge.folder, "absent.sqlite"));
  await test(page, "source");
  await expect(page.getByTestId("source-problem")).toHaveAttribute("data-kind", "not-found");
  await expect(page.getByTestId("source-problem")).toContainText("absent.sqlite");

  await chooseConnector(page, "target", "SQLite");
  await page.getByTestId("target-path").fill(join(bridge.folder, "new.sqlite"));
  await test(page, "target");
  await expect(page.getByTestId("target-tested")).toContainText("SQLite");
});
