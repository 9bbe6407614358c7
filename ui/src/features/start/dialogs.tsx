/** New and Open: a name or a path, and what happens to the file. */
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent, type ReactNode } from "react";
import type { OpenProject, WireError } from "../../bindings";
import { toWireError } from "../../app/errors";
import { PathField } from "../../app/PathField";
import { Problem } from "../../app/Problem";
import { openInWindow } from "../../app/projects";
import { host } from "../../host";

export interface DialogProps {
  opened: boolean;
  onClose: () => void;
}

interface FormProps {
  submit: string;
  ready: boolean;
  onClose: () => void;
  /** What is done, when it is done. */
  open: () => Promise<OpenProject>;
  doing: string;
  children: ReactNode;
}

function ProjectForm({ submit, ready, onClose, open, doing, children }: FormProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await openInWindow(open());
    } catch (thrown) {
      setError(toWireError(thrown));
    }
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void onSubmit(event)}>
      <Stack gap="md">
        {children}
        {error && <Problem error={error} doing={doing} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>Cancel</Button>
          <Button type="submit" disabled={!ready} loading={busy} data-testid="dialog-submit">{submit}</Button>
        </Group>
      </Stack>
    </form>
  );
}

const endings = ["json"];

export function NewDialog({ opened, onClose }: DialogProps) {
  const [name, setName] = useState("");
  const [path, setPath] = useState("");
  return (
    <Modal opened={opened} onClose={onClose} title="New project">
      <ProjectForm
        submit="Create"
        ready={name.trim() !== ""}
        onClose={onClose}
        open={() => host.call("new_project", { name: name.trim(), path: path.trim() || null })}
        doing="Making the project"
      >
        <TextInput
          label="Name"
          placeholder="Shop to the new database"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
          data-testid="project-name-field"
        />
        <PathField
          label="File (optional)"
          description="Left empty, the file goes to the workspace. It holds no passwords and can be kept under version control."
          value={path}
          onChange={setPath}
          question={{ title: "Where should the project go?", endings, save: true }}
          testId="project-path-field"
        />
      </ProjectForm>
    </Modal>
  );
}

export function OpenDialog({ opened, onClose }: DialogProps) {
  const [path, setPath] = useState("");
  return (
    <Modal opened={opened} onClose={onClose} title="Open a project">
      <ProjectForm
        submit="Open"
        ready={path.trim() !== ""}
        onClose={onClose}
        open={() => host.call("open_project", { path: path.trim() })}
        doing="Opening the project"
      >
        <PathField
          label="Project file"
          description="The file is used where it is: what you change is written to it."
          value={path}
          onChange={setPath}
          question={{ title: "Open a project", endings }}
          testId="open-path-field"
        />
      </ProjectForm>
    </Modal>
  );
}
