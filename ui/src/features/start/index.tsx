/** Where a person begins: go on with a project, try a sample, or make a new one. */
import { ActionIcon, Button, Group, Loader, Stack, Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import type { RecentProject, Sample } from "../../bindings";
import { Empty } from "../../app/Empty";
import { showError } from "../../app/errors";
import { moment } from "../../app/format";
import { IconCross, IconDatabase, IconFile, IconFolder, IconPlus } from "../../app/icons";
import { OutcomeLabel } from "../../app/Outcome";
import { Problem } from "../../app/Problem";
import { enterProject } from "../../app/projects";
import { forget, useCall } from "../../app/query";
import { host } from "../../host";
import { NewDialog, OpenDialog } from "./dialogs";
import { ImportDialog } from "./ImportDialog";
import css from "./start.module.css";

type Dialog = "new" | "open" | "import" | null;

export default function Start() {
  const [dialog, setDialog] = useState<Dialog>(null);
  const close = () => setDialog(null);
  return (
    <div className="page">
      <div className={css.layout}>
        <section aria-labelledby="recent">
          <Group justify="space-between" mb="md">
            <h1 id="recent" className={css.heading}>Projects</h1>
            <Group gap="sm">
              <Button variant="default" leftSection={<IconFile />} onClick={() => setDialog("import")} data-testid="import-project">Import…</Button>
              <Button variant="default" leftSection={<IconFolder />} onClick={() => setDialog("open")} data-testid="open-project">Open…</Button>
              <Button leftSection={<IconPlus />} onClick={() => setDialog("new")} data-testid="new-project">New project</Button>
            </Group>
          </Group>
          <Recent onNew={() => setDialog("new")} />
        </section>
        <section aria-labelledby="samples">
          <h2 id="samples" className={css.heading2}>Samples</h2>
          <p className={css.lead}>Small real databases to try everything on. Each opening makes fresh copies.</p>
          <Samples />
        </section>
      </div>
      <NewDialog opened={dialog === "new"} onClose={close} />
      <OpenDialog opened={dialog === "open"} onClose={close} />
      <ImportDialog opened={dialog === "import"} onClose={close} />
    </div>
  );
}

function Recent({ onNew }: { onNew: () => void }) {
  const recent = useCall("recent_projects", {}, { staleTime: 0 });
  const usable = !recent.isPending;
  // For whoever measures how long a start takes.
  useEffect(() => {
    if (usable && performance.getEntriesByName("usable").length === 0) performance.mark("usable");
  }, [usable]);
  if (recent.isPending) return <Loader size="sm" aria-label="Loading" />;
  if (recent.isError) return <Problem error={recent.error} doing="Reading the list of projects" />;
  if (recent.data.length === 0) {
    return (
      <div className="card">
        <Empty
          title="No project yet"
          action={<Button leftSection={<IconPlus />} onClick={onNew} data-testid="new-project-empty">New project</Button>}
        >
          A project is one migration: where rows come from, where they go, and what goes where. Make one, or open a
          sample to see how it works.
        </Empty>
      </div>
    );
  }
  return (
    <ul className={css.list} data-testid="recent-projects">
      {recent.data.map((project) => <RecentLine key={project.id} project={project} />)}
    </ul>
  );
}

function RecentLine({ project }: { project: RecentProject }) {
  const [busy, setBusy] = useState(false);
  const open = async () => {
    setBusy(true);
    await enterProject(host.call("load_project", { id: project.id }), `Opening ${project.name}`);
    setBusy(false);
  };
  const remove = () =>
    host.call("forget_project", { id: project.id }).then(
      () => forget("recent_projects"),
      (error: unknown) => showError(error, "Taking the project off the list"),
    );
  const sides = [project.source, project.target].map((side) => side ?? "not chosen");
  return (
    <li className={css.item} data-testid="recent-project">
      <button type="button" className={css.open} disabled={!project.exists || busy} onClick={() => void open()}>
        <span className={css.name}><bdi>{project.name}</bdi></span>
        <span className={css.detail}>
          {project.exists ? <bdi>{sides.join(" → ")}</bdi> : <strong className={css.missing}>The file is gone</strong>}
          {" · "}
          <bdi className="wrap">{project.path}</bdi>
        </span>
      </button>
      <span className={css.last}>
        {project.last_run && <OutcomeLabel outcome={project.last_run.outcome} status={project.last_run.status} />}
        <span className="dim">{moment(project.opened_at)}</span>
      </span>
      <Tooltip label="Take off this list; the file stays">
        <ActionIcon aria-label={`Take ${project.name} off the list`} onClick={() => void remove()} data-testid="forget-project">
          <IconCross size={14} />
        </ActionIcon>
      </Tooltip>
    </li>
  );
}

function Samples() {
  const samples = useCall("samples", {}, { staleTime: Infinity });
  if (samples.isPending) return <Loader size="sm" aria-label="Loading" />;
  if (samples.isError) return <Problem error={samples.error} doing="Reading the samples" />;
  return <Stack gap="sm">{samples.data.map((sample) => <SampleCard key={sample.id} sample={sample} />)}</Stack>;
}

function SampleCard({ sample }: { sample: Sample }) {
  const [busy, setBusy] = useState(false);
  const open = async () => {
    setBusy(true);
    await enterProject(host.call("open_sample", { id: sample.id }), `Opening ${sample.title}`);
    setBusy(false);
  };
  return (
    <article className={css.sample}>
      <h3 className={css.sampleTitle}><IconDatabase /> {sample.title}</h3>
      <p className={css.lead}>{sample.description}</p>
      <Button variant="default" loading={busy} onClick={() => void open()} data-testid={`sample-${sample.id}`}>
        Open <span className="spoken">{sample.title}</span>
      </Button>
    </article>
  );
}
