/** What can be done with a run, by the state that it is in. */
import { Button, Group, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useState } from "react";
import { showError } from "../../app/errors";
import { count } from "../../app/format";
import { IconCheck, IconCross, IconPause, IconPlay, IconRollback, IconStop } from "../../app/icons";
import { go } from "../../app/navigation";
import { forget } from "../../app/query";
import { host } from "../../host";
import { canResume, isOver, type RunView } from "./progress";

export function Actions({ view, again }: { view: RunView; again: () => void }) {
  const [busy, setBusy] = useState<string | null>(null);
  const [stopping, setStopping] = useState(false);
  const { run, status } = view;

  const act = async (name: string, doing: string, what: () => Promise<unknown>) => {
    setBusy(name);
    try {
      await what();
    } catch (error) {
      showError(error, doing);
    }
    setBusy(null);
  };

  const stop = () =>
    act("stop", "Stopping the run", async () => {
      await host.call("stop_run", { run });
      setStopping(true);
    });

  const abort = () =>
    modals.openConfirmModal({
      title: "Abort the run?",
      children: (
        <Text>
          The run ends at once, and the chunks under way are taken back. What was committed before stays in the target; the run can be
          resumed or rolled back later.
        </Text>
      ),
      labels: { confirm: "Abort the run", cancel: "Let it run" },
      confirmProps: { "data-testid": "confirm-cancel" },
      onConfirm: () => void act("cancel", "Aborting the run", () => host.call("cancel_run", { run })),
    });

  const rollBack = () =>
    modals.openConfirmModal({
      title: "Roll the run back?",
      children: (
        <Text>
          What this run wrote is taken out of the target again, and the rows that it replaced come back. Nothing is done when somebody has
          added or deleted rows since.
        </Text>
      ),
      labels: { confirm: "Roll back", cancel: "Leave it" },
      confirmProps: { color: "problem", "data-testid": "confirm-rollback" },
      onConfirm: () =>
        void act("rollback", "Rolling the run back", async () => {
          await host.call("rollback_run", { run });
          forget("runs", "report", "report_pictures", "recent_projects", "catalog", "check");
          again();
        }),
    });

  const accept = () =>
    modals.openConfirmModal({
      title: "Accept the run?",
      children: (
        <Text>
          The target keeps what {view.keptTables === 1 ? "one table" : `${count(view.keptTables)} tables`} held before the run, so that it can be rolled
          back. Accepting removes that: a rollback is not possible any more.
        </Text>
      ),
      labels: { confirm: "Accept the run", cancel: "Keep it" },
      confirmProps: { "data-testid": "confirm-accept" },
      onConfirm: () =>
        void act("accept", "Accepting the run", async () => {
          await host.call("accept_run", { run });
          forget("runs", "live_runs", "report");
          again();
        }),
    });

  const resume = () =>
    act("resume", "Resuming the run", async () => {
      const resumed = await host.call("resume_run", { run });
      forget("runs", "live_runs", "report");
      if (resumed.run === run) again();
      else go({ screen: "run", run: resumed.run });
    });

  return (
    <Group gap="sm">
      {status === "running" && !stopping && (
        <Button variant="default" leftSection={<IconPause size={14} />} loading={busy === "pause"} onClick={() => void act("pause", "Pausing the run", () => host.call("pause_run", { run }))} data-testid="pause">
          Pause
        </Button>
      )}
      {status === "paused" && (
        <Button leftSection={<IconPlay size={14} />} loading={busy === "continue"} onClick={() => void act("continue", "Continuing the run", () => host.call("continue_run", { run }))} data-testid="continue">
          Continue
        </Button>
      )}
      {!isOver(status) && !stopping && (
        <Button variant="default" leftSection={<IconStop size={14} />} loading={busy === "stop"} onClick={() => void stop()} data-testid="stop">
          Stop after this chunk
        </Button>
      )}
      {!isOver(status) && stopping && <span role="status" className="dim" data-testid="stopping">Stopping: what is under way is finished first…</span>}
      {!isOver(status) && (
        <Button variant="default" leftSection={<IconCross size={14} />} loading={busy === "cancel"} onClick={abort} data-testid="cancel">
          Abort…
        </Button>
      )}
      {isOver(status) && status !== "rolled-back" && !view.dryRun && (
        <Button variant="default" leftSection={<IconRollback size={14} />} loading={busy === "rollback"} onClick={rollBack} data-testid="rollback">
          Roll back…
        </Button>
      )}
      {status === "completed" && view.keptTables > 0 && (
        <Button variant="default" leftSection={<IconCheck size={14} />} loading={busy === "accept"} onClick={accept} data-testid="accept">
          Accept…
        </Button>
      )}
      {canResume(status) && !view.dryRun && (
        <Button variant="default" leftSection={<IconPlay size={14} />} loading={busy === "resume"} onClick={() => void resume()} data-testid="resume">
          Resume
        </Button>
      )}
      {isOver(status) && view.dryRun && <Button variant="default" onClick={() => go({ screen: "check" })} data-testid="back-to-plan">Back to the plan</Button>}
      {isOver(status) && <Button onClick={() => go({ screen: "report", run })} data-testid="open-report">Open the report</Button>}
    </Group>
  );
}
