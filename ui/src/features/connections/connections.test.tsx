import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import type { Descriptor, Project } from "../../bindings";
import { queries } from "../../app/query";
import { useProject } from "../../document";
import { fakeHost } from "../../testing/host";
import Connections from ".";

const capabilities: Descriptor["capabilities"] = {
  writes: true,
  schemas: true,
  transactional_ddl: true,
  concurrent_writers: true,
  snapshot: true,
  constraints_after_load: true,
};
const postgres: Descriptor = { id: "postgres", name: "PostgreSQL", aliases: [], form: { form: "server", default_port: 5432, asks_schema: true }, capabilities };
const bare: Project = {
  rowferry: 1,
  id: "p",
  name: "Shop",
  connections: {},
  source: "source",
  target: "target",
  tables: [],
  options: { chunk_rows: 100_000, batch_bytes: 4_194_304, jobs: 0, reject_limit: null, verify: "aggregates" },
};

function show(keychainProblem: string | null = null, connectors: Descriptor[] = [postgres]) {
  const host = fakeHost({
    about: () => ({ version: "0", home: "/", keychain_problem: keychainProblem }),
    connectors: () => connectors,
    url_from_form: (form) => ({ url: `postgres://${form.host}/${form.database}` }),
    form_from_url: () => ({ connector: "postgres", host: "", database: "", user: "", schema: "", path: "" }),
    save_project: ({ document }) => ({ version: 2, document }),
    test_connection: ({ secret }) => {
      if (secret !== "s3cret") throw { kind: "authentication", message: "the password is refused", remedy: "Type it again.", context: {} };
      return { product: "PostgreSQL 17", schemas: ["public"], tables: 3, milliseconds: 7 };
    },
    set_secret: () => ({ state: "keychain", problem: null }),
    secret_status: () => ({ state: "missing", problem: null }),
  });
  useProject.getState().open({ id: "p", path: "/p.json", version: 1, document: bare });
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <Connections />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return host;
}

beforeEach(() => queries.clear());

test("a password reaches the engine and never the document", async () => {
  const host = show();
  await userEvent.type(await screen.findByTestId("source-host"), "db1");
  await userEvent.type(screen.getByTestId("source-password"), "s3cret");
  await userEvent.click(screen.getByTestId("source-test"));
  expect((await screen.findByTestId("source-tested")).textContent).toContain("3 tables in public");
  expect(host.calls.find((call) => call.operation === "set_secret")?.request).toMatchObject({ secret: "s3cret", remember: true });
  await userEvent.type(screen.getByTestId("target-host"), "db2");
  await waitFor(() => expect(Object.keys(useProject.getState().document?.connections ?? {})).toEqual(["target", "source"]));
  await waitFor(() => expect(useProject.getState().saving.state).toBe("saved"));
  for (const { operation, request } of host.calls) {
    if (operation !== "set_secret" && operation !== "test_connection") expect(JSON.stringify(request)).not.toContain("s3cret");
  }
});

test("a file's encoding goes into its URL", async () => {
  const csv: Descriptor = {
    id: "csv",
    name: "CSV",
    aliases: [],
    form: { form: "file-or-folder", endings: ["csv"], encodings: [["utf-8", "UTF-8"], ["windows-1256", "Arabic (Windows-1256)"]] },
    capabilities,
  };
  const host = show(null, [csv]);
  await userEvent.selectOptions(await screen.findByTestId("source-encoding"), "windows-1256");
  await waitFor(() => {
    const asked = host.calls.filter((call) => call.operation === "url_from_form").at(-1);
    expect(asked?.request).toMatchObject({ connector: "csv", encoding: "windows-1256" });
  });
});

test("a document with one side only is never saved", async () => {
  const host = show();
  await userEvent.type(await screen.findByTestId("source-host"), "db1");
  await waitFor(() => expect(screen.getByTestId<HTMLInputElement>("source-url").value).toBe("postgres://db1/"));
  expect(host.calls.some((call) => call.operation === "save_project")).toBe(false);
  expect(screen.getByTestId<HTMLButtonElement>("connections-next").disabled).toBe(true);
});

test("a refused password is told with its remedy, beside the form", async () => {
  show();
  await userEvent.type(await screen.findByTestId("source-password"), "wrong");
  await userEvent.click(screen.getByTestId("source-test"));
  const problem = await screen.findByTestId("source-problem");
  expect(within(problem).getByText("User or password refused")).toBeTruthy();
  expect(within(problem).getByTestId("problem-remedy").textContent).toBe("Type it again.");
});

test("without a keychain the person is told that the password is asked for again", async () => {
  show("no secret service");
  const remember = await screen.findByTestId<HTMLInputElement>("source-remember");
  await waitFor(() => expect(remember.disabled).toBe(true));
  expect(screen.getByTestId("source-keychain-problem").textContent).toContain("asked for again in each session");
});
