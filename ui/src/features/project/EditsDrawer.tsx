/** Every edit of the project, the latest on top. A click goes back, or forward, to the state after it. */
import { Drawer } from "@mantine/core";
import { counted, moment } from "../../app/format";
import { Rows, type RowColumn } from "../../app/Rows";
import { doneLabel, entriesOf, useProject } from "../../document";
import { closePanel } from "./panels";
import css from "./project.module.css";

interface Step {
  /** How many edits are done after it. */
  done: number;
  label: string;
  at: string | null;
}

export function EditsDrawer({ opened }: { opened: boolean }) {
  const past = useProject((state) => state.past);
  const future = useProject((state) => state.future);
  const goTo = useProject((state) => state.goTo);
  const now = past.length;
  const steps: Step[] = [
    { done: 0, label: "As the project was at first", at: null },
    ...entriesOf({ past, future }).map((entry, index) => ({ done: index + 1, label: doneLabel(entry.label), at: entry.at })),
  ].reverse();

  const columns: RowColumn<Step>[] = [
    {
      key: "edit",
      title: "Edit",
      width: "minmax(200px, 1fr)",
      cell: ({ done, label }) => (
        <button
          type="button"
          className={css.edit}
          aria-current={done === now ? "step" : undefined}
          data-undone={done > now || undefined}
          onClick={() => goTo(done)}
          data-testid="edit-step"
        >
          <bdi className={css.editLabel}>{label}</bdi>
          {done > now && <span className="spoken">, undone</span>}
        </button>
      ),
    },
    { key: "at", title: "When", width: "136px", number: true, cell: ({ at }) => (at === null ? "" : moment(at)) },
  ];

  return (
    <Drawer opened={opened} onClose={closePanel} title="Edits" size={560} data-testid="edits">
      <p className="dim" style={{ margin: "0 0 8px" }}>
        {counted(now, "edit")} done{future.length > 0 && `, ${future.length} undone`}. Choose one to go to the state after it. The next edit
        takes the place of those that are undone.
      </p>
      <Rows label="Edits" rows={steps} columns={columns} rowKey={(step) => String(step.done)} maxHeight="calc(100vh - 160px)" testId="edit-steps" />
    </Drawer>
  );
}
