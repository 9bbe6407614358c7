/** Named states of the project: keep one, compare two, go back to one. */
import { Button, Checkbox, Group, Loader, Modal, Select, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Project, ProjectVersion, WireError } from "../../bindings";
import { showError, toWireError } from "../../app/errors";
import { counted, moment } from "../../app/format";
import { Problem } from "../../app/Problem";
import { forget, useCall } from "../../app/query";
import { countChanges, diff, replaceDocument, useProject } from "../../document";
import { host } from "../../host";
import { DiffView, Figures } from "./DiffView";
import { closePanel } from "./panels";
import css from "./project.module.css";

/** "now", or the number of a version. */
type Which = string;
const NOW = "now";

export function VersionsModal({ opened }: { opened: boolean }) {
  return (
    <Modal opened={opened} onClose={closePanel} title="Versions" size={1080} data-testid="versions">
      {opened && <Versions />}
    </Modal>
  );
}

function Versions() {
  const id = useProject((state) => state.project?.id ?? "");
  const versions = useCall("project_versions", { id }, { staleTime: 0 });
  const [automatic, setAutomatic] = useState(false);
  const [pair, setPair] = useState<{ from: Which; to: Which } | null>(null);
  if (versions.isError) return <Problem error={versions.error} doing="Reading the versions" />;
  if (versions.isPending) return <Loader size="sm" aria-label="Loading" />;
  const named = versions.data.filter((version) => version.name != null);
  const shown = automatic ? versions.data : named;
  const compared = pair ?? (named[0] ? { from: String(named[0].version), to: NOW } : null);
  return (
    <div className={css.panes}>
      <section aria-label="Versions">
        <Stack gap="md">
          <SaveVersion latest={named[0]} />
          {shown.length === 0 ? (
            <p className="dim" style={{ margin: 0 }}>
              No version has a name yet. Name the state before a large change, and you can compare with it and go back to it.
            </p>
          ) : (
            <ul className={css.versions} data-testid="version-list">
              {shown.map((version) => (
                <Version
                  key={version.version}
                  version={version}
                  shown={compared?.from === String(version.version)}
                  onCompare={() => setPair({ from: String(version.version), to: NOW })}
                />
              ))}
            </ul>
          )}
          <Checkbox
            label={`Also the ${counted(versions.data.length - named.length, "state", "states")} kept by saving`}
            checked={automatic}
            onChange={(event) => setAutomatic(event.currentTarget.checked)}
            data-testid="versions-automatic"
          />
        </Stack>
      </section>
      <section aria-label="Comparison">
        {compared === null ? (
          <p className="dim" style={{ margin: 0 }}>What changed since a version stands here, table by table.</p>
        ) : (
          <Comparison versions={shown} pair={compared} onChange={setPair} />
        )}
      </section>
    </div>
  );
}

/** Keeps the present state under a name. */
function SaveVersion({ latest }: { latest: ProjectVersion | undefined }) {
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const keep = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await useProject.getState().save();
      const { project, document } = useProject.getState();
      if (!project || !document) return;
      const before = latest && (await host.call("load_version", { id: project.id, version: latest.version })).document;
      const changes = before ? countChanges(diff(before, document)) : null;
      await host.call("name_version", { id: project.id, version: project.version, name: name.trim(), changes });
      setName("");
      forget("project_versions");
    } catch (thrown) {
      setError(toWireError(thrown));
    }
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void keep(event)}>
      <div className={css.row}>
        <TextInput
          className={css.grow}
          label="Keep the present state as"
          placeholder="Reviewed with the client"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={120}
          data-autofocus
          data-testid="version-name"
        />
        <Button type="submit" disabled={name.trim() === ""} loading={busy} data-testid="version-keep">Keep</Button>
      </div>
      {error && <div style={{ marginTop: 8 }}><Problem error={error} doing="Keeping the version" /></div>}
    </form>
  );
}

interface VersionProps {
  version: ProjectVersion;
  shown: boolean;
  onCompare: () => void;
}

function Version({ version, shown, onCompare }: VersionProps) {
  const id = useProject((state) => state.project?.id ?? "");
  const current = useProject((state) => state.project?.version);
  const name = titleOf(version);
  const restore = async () => {
    try {
      const { document } = await host.call("load_version", { id, version: version.version });
      useProject.getState().edit(replaceDocument(document, `Restore ${version.name == null ? "the state of" : "the version"} ${name}`));
      closePanel();
    } catch (error) {
      showError(error, `Restoring ${name}`);
    }
  };
  const unname = () =>
    host.call("name_version", { id, version: version.version, name: null }).then(
      () => forget("project_versions"),
      (error: unknown) => showError(error, `Taking the name from ${name}`),
    );
  return (
    <li data-shown={shown || undefined} data-testid="version">
      <div className={css.versionHead}>
        <bdi className={css.versionName}>{name}</bdi>
        {version.version === current && <span className="dim">latest save</span>}
      </div>
      <div className={css.versionFigures}>
        {version.name != null && <span>{moment(version.saved_at)}</span>}
        <span>{counted(version.tables, "table")}, {counted(version.columns, "link")}</span>
        {version.changes && <Figures count={version.changes} />}
      </div>
      <Group gap="xs">
        <Button size="compact-xs" variant="default" onClick={onCompare} aria-label={`Compare ${name} with now`} data-testid="version-compare">Compare</Button>
        <Button size="compact-xs" variant="default" onClick={() => void restore()} aria-label={`Restore ${name}`} data-testid="version-restore">Restore</Button>
        {version.name != null && (
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => void unname()} aria-label={`Take the name from ${name}`} data-testid="version-unname">
            Remove
          </Button>
        )}
      </Group>
    </li>
  );
}

function titleOf(version: ProjectVersion): string {
  return version.name ?? moment(version.saved_at);
}

interface ComparisonProps {
  versions: readonly ProjectVersion[];
  pair: { from: Which; to: Which };
  onChange: (pair: { from: Which; to: Which }) => void;
}

function Comparison({ versions, pair, onChange }: ComparisonProps) {
  const from = useDocument(pair.from);
  const to = useDocument(pair.to);
  const data = [
    { value: NOW, label: "Now" },
    ...versions.map((version) => ({
      value: String(version.version),
      label: version.name == null ? moment(version.saved_at) : `${version.name} (${moment(version.saved_at)})`,
    })),
  ];
  const error = from.error ?? to.error;
  return (
    <Stack gap="md">
      <Group grow gap="sm">
        <Select label="From" data={data} value={pair.from} onChange={(value) => value !== null && onChange({ ...pair, from: value })} data-testid="compare-from" />
        <Select label="To" data={data} value={pair.to} onChange={(value) => value !== null && onChange({ ...pair, to: value })} data-testid="compare-to" />
      </Group>
      {error ? (
        <Problem error={error} doing="Reading a version" />
      ) : from.document && to.document ? (
        <DiffView changes={diff(from.document, to.document)} label="Differences" none="These two are the same." />
      ) : (
        <Loader size="sm" aria-label="Loading" />
      )}
    </Stack>
  );
}

function useDocument(which: Which): { document: Project | undefined; error: WireError | null } {
  const id = useProject((state) => state.project?.id ?? "");
  const now = useProject((state) => state.document);
  const version = useCall("load_version", { id, version: Number(which) }, { enabled: which !== NOW, staleTime: Infinity });
  return which === NOW ? { document: now ?? undefined, error: null } : { document: version.data?.document, error: version.error };
}
