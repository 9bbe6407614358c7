/** Says that somebody else has changed the project's file, and lets a person choose. */
import { Button, Group, Loader, Modal, Stack } from "@mantine/core";
import { useState } from "react";
import type { WireError } from "../../bindings";
import { showError } from "../../app/errors";
import { Problem } from "../../app/Problem";
import { useCall } from "../../app/query";
import { diff, isConflict, useProject } from "../../document";
import { DiffView } from "./DiffView";
import { closePanel, openPanel } from "./panels";
import css from "./project.module.css";

export function ConflictNotice() {
  const saving = useProject((state) => state.saving);
  if (saving.state !== "failed" || !isConflict(saving)) return null;
  return (
    <div className={css.notice}>
      <Problem error={asked(saving.error)} testId="conflict">
        <Button variant="default" onClick={() => openPanel("difference")} data-testid="conflict-difference">See the difference</Button>
        <Choices />
      </Problem>
    </div>
  );
}

/** What to do stands on the buttons, and the file is named in the message. */
function asked(error: WireError): WireError {
  return { ...error, context: {}, remedy: "What you edit is kept here and not written until you choose. Neither is lost: both are among the versions afterwards." };
}

function Choices() {
  const [busy, setBusy] = useState(false);
  const choose = async (how: "keepMine" | "takeTheirs") => {
    setBusy(true);
    try {
      await useProject.getState()[how]();
      closePanel();
    } catch (error) {
      showError(error, how === "keepMine" ? "Writing the project" : "Reading the project's file");
    }
    setBusy(false);
  };
  return (
    <>
      <Button variant="default" disabled={busy} onClick={() => void choose("keepMine")} data-testid="conflict-mine">Keep mine</Button>
      <Button variant="default" disabled={busy} onClick={() => void choose("takeTheirs")} data-testid="conflict-theirs">Take theirs</Button>
    </>
  );
}

export function DifferenceModal({ opened }: { opened: boolean }) {
  return (
    <Modal opened={opened} onClose={closePanel} title="Yours and theirs" size={880} data-testid="difference">
      {opened && <Difference />}
    </Modal>
  );
}

function Difference() {
  const document = useProject((state) => state.document);
  const path = useProject((state) => state.project?.path ?? "");
  const file = useCall("read_project", { path, in_place: true }, { staleTime: 0 });
  if (!document) return null;
  return (
    <Stack gap="md">
      <p style={{ margin: 0 }}>What taking over <bdi className="wrap">{path}</bdi> would change in your mapping:</p>
      {file.isError ? (
        <Problem error={file.error} doing="Reading the project's file" />
      ) : file.isPending ? (
        <Loader size="sm" aria-label="Loading" />
      ) : (
        <DiffView changes={diff(document, file.data.document)} label="What taking theirs would change" />
      )}
      <Group justify="flex-end" gap="sm"><Choices /></Group>
    </Stack>
  );
}
