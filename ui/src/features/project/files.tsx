/** The project as a file: out to a place of the person's choice, and in from one, seen before it is taken. */
import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useState } from "react";
import type { ReadProject, WireError } from "../../bindings";
import { toWireError } from "../../app/errors";
import { PathField } from "../../app/PathField";
import { Problem } from "../../app/Problem";
import { diff, type Part, renameProject, takeParts, useProject, withParts } from "../../document";
import { host } from "../../host";
import { DiffView } from "./DiffView";
import { closePanel } from "./panels";

const endings = ["json"];

export function RenameModal({ opened }: { opened: boolean }) {
  return (
    <Modal opened={opened} onClose={closePanel} title="Rename the project">
      {opened && <Rename />}
    </Modal>
  );
}

function Rename() {
  const [name, setName] = useState(useProject.getState().document?.name ?? "");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        useProject.getState().edit(renameProject(name));
        closePanel();
      }}
    >
      <Stack gap="md">
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus data-testid="rename-field" />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={closePanel}>Cancel</Button>
          <Button type="submit" disabled={name.trim() === ""} data-testid="rename-submit">Rename</Button>
        </Group>
      </Stack>
    </form>
  );
}

export function ExportModal({ opened }: { opened: boolean }) {
  return (
    <Modal opened={opened} onClose={closePanel} title="Export the project" size={560}>
      {opened && <Export />}
    </Modal>
  );
}

function Export() {
  const [path, setPath] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const write = async (replace: boolean) => {
    const { project, document } = useProject.getState();
    if (!project || !document) return;
    setBusy(true);
    setError(null);
    try {
      const exported = await host.call("export_project", { id: project.id, document, path: path.trim(), replace });
      notifications.show({ message: `Exported to ${exported.path}` });
      closePanel();
    } catch (thrown) {
      setError(toWireError(thrown));
    }
    setBusy(false);
  };
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        // The desktop's own dialog has asked already.
        void write(host.shell === "desktop");
      }}
    >
      <Stack gap="md">
        <PathField
          label="File"
          description="A copy of the project as it is now. It holds no passwords and no rows; paths of files in it are made absolute."
          placeholder="/home/me/shop.rowferry.json"
          value={path}
          onChange={(next) => {
            setError(null);
            setPath(next);
          }}
          question={{ title: "Export the project", endings, save: true }}
          testId="export-path-field"
        />
        {error && (
          <Problem error={error} doing="Exporting the project">
            {error.kind === "conflict" && (
              <Button variant="default" loading={busy} onClick={() => void write(true)} data-testid="export-replace">Replace it</Button>
            )}
          </Problem>
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={closePanel}>Cancel</Button>
          <Button type="submit" disabled={path.trim() === ""} loading={busy} data-testid="export-submit">Export</Button>
        </Group>
      </Stack>
    </form>
  );
}

export function ImportModal({ opened }: { opened: boolean }) {
  return (
    <Modal opened={opened} onClose={closePanel} title="Import into this project" size={880}>
      {opened && <Import />}
    </Modal>
  );
}

const CHOICES: { part: Part; label: string }[] = [
  { part: "tables", label: "Tables and links" },
  { part: "options", label: "Options" },
  { part: "connections", label: "Connections" },
  { part: "name", label: "Name" },
];

function Import() {
  const document = useProject((state) => state.document);
  const [path, setPath] = useState("");
  const [read, setRead] = useState<ReadProject | null>(null);
  const [parts, setParts] = useState<readonly Part[]>(["tables", "options"]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const look = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      setRead(await host.call("read_project", { path: path.trim() }));
    } catch (thrown) {
      setRead(null);
      setError(toWireError(thrown));
    }
    setBusy(false);
  };
  if (!document) return null;
  const changes = read ? diff(document, withParts(document, read.document, parts)) : [];
  const take = () => {
    if (!read) return;
    const name = read.path.split(/[/\\]/).at(-1) ?? read.path;
    useProject.getState().edit(takeParts(read.document, parts, `Import ${name}`));
    closePanel();
  };
  return (
    <form onSubmit={(event) => void look(event)}>
      <Stack gap="md">
        <PathField
          label="Project file"
          description="You see what would change before anything does. The file is left as it is."
          value={path}
          onChange={(next) => {
            setRead(null);
            setError(null);
            setPath(next);
          }}
          question={{ title: "Import a project", endings }}
          testId="take-path-field"
        />
        {error && <Problem error={error} doing="Reading the project" />}
        {read && (
          <>
            <Checkbox.Group
              label="Take over"
              value={[...parts]}
              onChange={(value) => setParts(CHOICES.map((choice) => choice.part).filter((part) => value.includes(part)))}
            >
              <Group gap="lg" mt={4}>
                {CHOICES.map(({ part, label }) => <Checkbox key={part} value={part} label={label} data-testid={`take-${part}`} />)}
              </Group>
            </Checkbox.Group>
            <DiffView changes={changes} label="What would change" none="Nothing would change." maxHeight="40vh" />
          </>
        )}
        <Group justify="flex-end" gap="sm">
          {read && <Text c="dimmed">It is one edit, which can be undone.</Text>}
          <Button variant="default" onClick={closePanel}>Cancel</Button>
          {read ? (
            <Button disabled={changes.length === 0} onClick={take} data-testid="take-submit">Take over</Button>
          ) : (
            <Button type="submit" disabled={path.trim() === ""} loading={busy} data-testid="take-look">Look at it</Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
