/** Import from a file: what it holds is shown before it is taken, and what it would change where it is known already. */
import { Alert, Button, Group, Loader, Modal, Radio, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Project, ReadProject, WireError } from "../../bindings";
import { toWireError } from "../../app/errors";
import { IconNote } from "../../app/icons";
import { PathField } from "../../app/PathField";
import { Problem } from "../../app/Problem";
import { openInWindow } from "../../app/projects";
import { useCall } from "../../app/query";
import { diff, replaceDocument, useProject, withParts } from "../../document";
import { host } from "../../host";
import { DiffView } from "../project/DiffView";
import type { DialogProps } from "./dialogs";

export function ImportDialog({ opened, onClose }: DialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Import a project" size={880}>
      {opened && <Import onClose={onClose} />}
    </Modal>
  );
}

/** A copy beside the others, or over the project that the file is a copy of. */
type How = "new" | "update";

function Import({ onClose }: { onClose: () => void }) {
  const [path, setPath] = useState("");
  const [read, setRead] = useState<ReadProject | null>(null);
  const [how, setHow] = useState<How>("new");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<WireError | null>(null);

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (thrown) {
      setError(toWireError(thrown));
    }
    setBusy(false);
  };
  const look = () =>
    attempt(async () => {
      const file = await host.call("read_project", { path: path.trim() });
      setHow(file.known ? "update" : "new");
      setRead(file);
    });
  const take = () =>
    attempt(async () => {
      if (!read) return;
      if (how === "new" || !read.known) return openInWindow(host.call("import_project", { path: read.path }));
      await openInWindow(host.call("load_project", { id: read.known.id }));
      useProject.getState().edit(replaceDocument(read.document, `Import ${read.path.split(/[/\\]/).at(-1) ?? read.path}`));
    });

  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void (read ? take() : look());
      }}
    >
      <Stack gap="md">
        <PathField
          label="Project file"
          description="You see what is in it first. The file itself is left as it is."
          value={path}
          onChange={(next) => {
            setRead(null);
            setError(null);
            setPath(next);
          }}
          question={{ title: "Import a project", endings: ["json"] }}
          testId="import-path-field"
        />
        {error && <Problem error={error} doing="Importing the project" />}
        {read?.known && (
          <Alert color="accent" variant="light" icon={<IconNote />} title={`It is a copy of ${read.known.name}, which is here already`}>
            <Radio.Group value={how} onChange={(value) => setHow(value)} aria-label="What to do with it">
              <Stack gap={6}>
                <Radio size="xs" value="update" label="Open that one, and take this over as an edit that can be undone" data-testid="import-update" />
                <Radio size="xs" value="new" label="Make another project of it" data-testid="import-new" />
              </Stack>
            </Radio.Group>
          </Alert>
        )}
        {read && (how === "update" && read.known ? <Update read={read} path={read.known.path} /> : <Contents document={read.document} />)}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>Cancel</Button>
          <Button type="submit" disabled={path.trim() === ""} loading={busy} data-testid={read ? "import-submit" : "dialog-submit"}>
            {read ? "Import" : "Look at it"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** All that the file holds, as additions to nothing. */
function Contents({ document }: { document: Project }) {
  const nothing: Project = { ...document, tables: [], connections: {} };
  return (
    <section aria-label="Preview">
      <h3 style={{ margin: "0 0 4px" }}><bdi>{document.name}</bdi></h3>
      <DiffView changes={diff(nothing, document)} label="What is in the file" none="There is no connection and no table in it yet." maxHeight="40vh" />
    </section>
  );
}

function Update({ read, path }: { read: ReadProject; path: string }) {
  const known = useCall("read_project", { path }, { staleTime: 0 });
  if (known.isError) return <Problem error={known.error} doing="Reading the project that is here" />;
  if (known.isPending) return <Loader size="sm" aria-label="Loading" />;
  const mine = known.data.document;
  const changes = diff(mine, withParts(mine, read.document, ["tables", "connections", "options", "name"]));
  return (
    <section aria-label="Preview">
      <h3 style={{ margin: "0 0 4px" }}>What would change in <bdi>{mine.name}</bdi></h3>
      <DiffView changes={changes} label="What would change" none="Nothing: both are the same." maxHeight="40vh" />
    </section>
  );
}
