import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import type { Finding, Plan, Project } from "../../bindings";
import { useNavigation } from "../../app/navigation";
import { queries } from "../../app/query";
import { useProject } from "../../document";
import { fakeHost, type Answers } from "../../testing/host";
import Check from ".";

const album = { schema: "main", table: "album" };
const document: Project = {
  rowferry: 1,
  id: "p",
  name: "Shop",
  connections: { source: { url: "sqlite:a.db", environment: "development" }, target: { url: "sqlite:b.db", environment: "development" } },
  source: "source",
  target: "target",
  tables: [{ from: album, to: album, existing: "refuse", state: "confirmed", columns: [{ to: "price", from: ["price"], state: "confirmed" }] }],
  options: { chunk_rows: 100_000, batch_bytes: 4_194_304, jobs: 0, reject_limit: null, verify: "aggregates" },
};
const finding = (code: Finding["code"], severity: Finding["severity"]): Finding => ({
  code,
  severity,
  table: album,
  column: "price",
  message: "the digits behind the point are lost",
  remedy: "Approve the loss.",
});
const plan = (part: Partial<Plan>): Plan => ({
  fingerprint: "f1",
  steps: [],
  findings: [],
  cycles: [],
  statements: [],
  consistency: "",
  ...part,
});
const wipe = (table: string) => ({ table: { schema: "main", table }, when: "before-load" as const, sql: `delete from ${table}`, destructive: true });

function show(of: (document: Project) => Plan, more: Answers = {}) {
  const host = fakeHost({
    check: () => of(saved),
    examine: () => ({ ...of(saved), findings: [...of(saved).findings, finding("misfit-values", "warning")] }),
    save_project: ({ document: written }) => {
      saved = written;
      version += 1;
      return { version, document: written };
    },
    start_run: () => ({ run: "r1" }),
    ...more,
  });
  let saved = document;
  let version = 1;
  useProject.getState().open({ id: "p", path: "/p.json", version, document });
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <Check />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return host;
}

const button = (id: string) => screen.getByTestId<HTMLButtonElement>(id);

beforeEach(() => {
  queries.clear();
  useNavigation.setState({ place: { screen: "check" } });
});

test("a run starts only after each destructive statement was ticked, and says which plan was confirmed", async () => {
  const host = show(() => plan({ statements: [wipe("album"), wipe("artist")] }));
  const ticks = await screen.findAllByTestId("confirmation");
  expect(ticks).toHaveLength(2);
  await waitFor(() => expect(button("dry-run").disabled).toBe(false));
  await userEvent.click(ticks[0]);
  expect(button("start-run").disabled).toBe(true);
  expect(screen.getByTestId("run-hindrance").textContent).toBe("One thing is to be confirmed.");
  await userEvent.click(ticks[1]);
  await userEvent.click(button("start-run"));
  expect(host.calls.at(-1)).toEqual({ operation: "start_run", request: { project: "p", dry_run: false, confirmed: "f1" } });
  expect(useNavigation.getState().place).toEqual({ screen: "run", run: "r1" });
});

test("approving a loss edits the mapping, and the plan is made again from what was saved", async () => {
  show((now) => plan({ findings: [finding("lossy-cast", now.tables[0].columns[0].approve_loss ? "note" : "blocks")] }));
  await userEvent.click(await screen.findByTestId("approve-loss"));
  await waitFor(() => expect(screen.getByTestId("approve-loss").textContent).toBe("Withdraw"), { timeout: 3000 });
  expect(useProject.getState().document?.tables[0].columns[0].approve_loss).toBe(true);
  await waitFor(() => expect(button("start-run").disabled).toBe(false));
});

test("a finding leads to its table and column in the mapping", async () => {
  show(() => plan({ findings: [finding("required-unmapped", "blocks")] }));
  await userEvent.click(await screen.findByTestId("finding-go"));
  expect(useNavigation.getState().place).toEqual({ screen: "mapper", table: album, column: "price" });
  expect(button("dry-run").disabled).toBe(true);
});

test("a choice of a finding edits the mapping, with what was seen in the data beside it", async () => {
  show((now) =>
    plan({
      findings: now.tables[0].reading
        ? []
        : [{
            ...finding("unreadable-values", "blocks"),
            evidence: { rows: 2, rows_read: 1200, sampled: false, keys: ["id=7", "id=9"], example: "0000-00-00" },
            choices: [{ label: "Read as NULL", edit: { edit: "reading", table: 0, column: "price", reading: { unreadable: "null" } } }],
          }],
    }),
  );
  const seen = (await screen.findByTestId("evidence")).textContent;
  expect(seen).toContain("2 of 1");
  expect(seen).toContain("id=7; id=9");
  expect(seen).toContain("0000-00-00");
  await userEvent.click(screen.getByTestId("choice"));
  expect(useProject.getState().document?.tables[0].reading).toEqual({ price: { unreadable: "null" } });
  await waitFor(() => expect(button("start-run").disabled).toBe(false), { timeout: 3000 });
});

test("the data are read only when asked for, and what they say joins the findings", async () => {
  const host = show(() => plan({}));
  expect(await screen.findByTestId("no-findings")).toBeTruthy();
  await userEvent.click(screen.getByTestId("with-data"));
  expect((await screen.findByTestId("finding")).dataset.code).toBe("misfit-values");
  expect(host.calls.some((call) => call.operation === "examine")).toBe(true);
});

test("reading the data can be cancelled, and leaves the plan as it was", async () => {
  const cancelled = Object.assign(new Error("cancelled"), { kind: "cancelled", context: {} });
  let end = () => {};
  // The engine answers only when it is cancelled, as it does.
  const host = show(() => plan({}), {
    examine: () => new Promise((_, fail) => (end = () => fail(cancelled))),
    cancel_examination: () => (end(), {}),
  });
  expect(await screen.findByTestId("no-findings")).toBeTruthy();
  expect(screen.queryByTestId("cancel-reading")).toBeNull();
  await userEvent.click(screen.getByTestId("with-data"));
  await userEvent.click(await screen.findByTestId("cancel-reading"));
  expect(host.calls).toContainEqual({ operation: "cancel_examination", request: { id: "p" } });
  await waitFor(() => expect(screen.queryByTestId("cancel-reading")).toBeNull());
  expect(screen.getByTestId("no-findings")).toBeTruthy();
  expect(screen.queryByTestId("check-problem")).toBeNull();
  expect(screen.getByTestId<HTMLInputElement>("with-data").checked).toBe(false);
});
