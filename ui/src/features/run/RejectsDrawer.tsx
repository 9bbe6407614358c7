/** The rows of a table that did not arrive, a page at a time. */
import { Anchor, Button, Drawer, Group, Loader, Pagination, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import type { RejectedRow, TableName } from "../../bindings";
import { showError } from "../../app/errors";
import { count, counted } from "../../app/format";
import { IconFolder } from "../../app/icons";
import { Name } from "../../app/Name";
import { go } from "../../app/navigation";
import { Problem } from "../../app/Problem";
import { forget, useCall } from "../../app/query";
import { useProject } from "../../document";
import { host } from "../../host";
import css from "./run.module.css";

const PAGE = 50;

interface RejectsDrawerProps {
  run: string;
  /** `null` is closed. */
  table: TableName | null;
  onClose: () => void;
}

export function RejectsDrawer({ run, table, onClose }: RejectsDrawerProps) {
  return (
    <Drawer opened={table !== null} onClose={onClose} size={720} title="Rejected rows" closeButtonProps={{ "aria-label": "Close the rejected rows" }} data-testid="rejects">
      {table && <Rejected key={`${table.schema}.${table.table}`} run={run} table={table} />}
    </Drawer>
  );
}

function Rejected({ run, table }: { run: string; table: TableName }) {
  const [page, setPage] = useState(1);
  const open = useProject((state) => state.project !== null);
  const rejects = useCall("rejects", { run, table, offset: (page - 1) * PAGE, limit: PAGE }, { keep: true, staleTime: 0 });
  if (rejects.isError) return <Problem error={rejects.error} doing="Reading the rejected rows" />;
  if (rejects.isPending) return <Loader size="sm" aria-label="Loading" />;
  const { rows, total, path } = rejects.data;
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <span><Name table={table} />: {counted(total, "row")} did not arrive</span>
        {open && <Button variant="default" onClick={() => go({ screen: "mapper", table })}>Go to the mapping</Button>}
      </Group>
      <ol className={css.rejects} start={(page - 1) * PAGE + 1}>
        {rows.map((row, index) => <Reject key={`${page} ${index}`} row={row} table={table} linked={open} />)}
      </ol>
      {total > PAGE && (
        <Group justify="space-between">
          <span className="dim">{count((page - 1) * PAGE + 1)} to {count(Math.min(total, page * PAGE))} of {count(total)}</span>
          <Pagination
            size="sm"
            total={Math.ceil(total / PAGE)}
            value={page}
            onChange={setPage}
            getControlProps={(control) => ({ "aria-label": { first: "First page", previous: "Previous page", next: "Next page", last: "Last page" }[control] })}
            data-testid="rejects-pages"
          />
        </Group>
      )}
      {path != null && (
        <p className={css.lead}>
          All of them: <bdi className="mono wrap">{path}</bdi>{" "}
          {host.shell === "desktop" && (
            <Button variant="subtle" leftSection={<IconFolder size={14} />} onClick={() => void host.reveal(path).catch((error: unknown) => showError(error, "Showing the file"))}>Show the file</Button>
          )}
        </p>
      )}
      {path != null && open && <Reload key={path} path={path} />}
    </Stack>
  );
}

/** Loads the file once its rows are corrected. */
function Reload({ path }: { path: string }) {
  const project = useProject((state) => state.project);
  const [file, setFile] = useState(path);
  const [busy, setBusy] = useState(false);
  const load = async () => {
    if (project === null) return;
    setBusy(true);
    try {
      const started = await host.call("load_rejects", { project: project.id, path: file, again: false });
      forget("runs", "live_runs", "report");
      go({ screen: "run", run: started.run });
    } catch (error) {
      showError(error, "Loading the rejected rows");
    }
    setBusy(false);
  };
  return (
    <Group align="flex-end" gap="sm" wrap="nowrap">
      <TextInput
        label="Load them again, once they are corrected in this file"
        description="Its rows are added to the target by a run of its own. A row that you delete from the file is left out."
        value={file}
        onChange={(event) => setFile(event.currentTarget.value)}
        flex={1}
        data-testid="reload-path"
      />
      <Button loading={busy} disabled={file.trim() === ""} onClick={() => void load()} data-testid="reload">Load the rows</Button>
    </Group>
  );
}

function Reject({ row, table, linked }: { row: RejectedRow; table: TableName; linked: boolean }) {
  return (
    <li data-testid="reject">
      <div className={css.reason}>
        {row.column != null && (
          linked ? (
            <Anchor component="button" type="button" fw={600} onClick={() => go({ screen: "mapper", table, column: row.column ?? undefined })}><bdi>{row.column}</bdi></Anchor>
          ) : (
            <strong><bdi>{row.column}</bdi></strong>
          )
        )}
        <span className="wrap">{row.reason}</span>
        <span className={css.key}><bdi>{row.key}</bdi></span>
      </div>
      <details>
        <summary>The source row</summary>
        <dl className={css.values}>
          {Object.entries(row.row).map(([column, value]) => (
            <div key={column}>
              <dt><bdi>{column}</bdi></dt>
              <dd>{value === null ? <i className="dim">NULL</i> : <bdi>{typeof value === "string" ? value : JSON.stringify(value)}</bdi>}</dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}
