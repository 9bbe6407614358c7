/** Tables in the order in which they are loaded, and the circles that there is no order for. */
import { Alert } from "@mantine/core";
import type { Plan, RollbackLevel, Step } from "../../bindings";
import { bytes, count, sentence } from "../../app/format";
import { IconWarning } from "../../app/icons";
import { Name, nameOf } from "../../app/Name";
import { Rows, type RowColumn } from "../../app/Rows";

function does(step: Step): string {
  const parts: string[] = [];
  if (step.creates) parts.push("created");
  if (step.adds_columns.length > 0) parts.push(`${step.adds_columns.length} new ${step.adds_columns.length === 1 ? "column" : "columns"}`);
  if (!step.creates && step.existing === "append") parts.push("rows are added");
  if (!step.creates && step.existing === "skip") parts.push("new rows are added");
  if (!step.creates && step.existing === "replace") parts.push("rows are replaced");
  if (step.filter != null && step.filter !== "") parts.push("filtered");
  return parts.length > 0 ? parts.join(", ") : "exists";
}

const waysBack: Record<RollbackLevel, string> = {
  none: "none",
  run: "by the run itself",
  table: "the old table",
};

/** How the table is taken back should it have to be; the reason stands in its title. */
function WayBack({ step }: { step: Step }) {
  const level = step.rollback ?? "none";
  const note = step.rollback_note ?? "";
  return (
    <span className={level === "none" ? "caution" : "dim"} title={note === "" ? undefined : sentence(note)} data-testid="way-back">
      {waysBack[level]}
      {note !== "" && <span className="spoken"> {note}</span>}
    </span>
  );
}

const columns: RowColumn<Step>[] = [
  { key: "position", title: "#", width: "44px", number: true, cell: (_, index) => count(index + 1) },
  { key: "to", title: "Target table", width: "minmax(140px, 2fr)", cell: (step) => <Name table={step.to} /> },
  { key: "from", title: "Source table", width: "minmax(140px, 2fr)", cell: (step) => <Name table={step.from} /> },
  { key: "does", title: "Target", width: "minmax(110px, 1.2fr)", cell: does },
  {
    key: "after",
    title: "After",
    width: "minmax(110px, 1.5fr)",
    cell: (step) => <span className="dim"><bdi>{step.after.map((table) => table.table).join(", ") || "–"}</bdi></span>,
  },
  { key: "back", title: "Way back", width: "minmax(110px, 1.5fr)", cell: (step) => <WayBack step={step} /> },
  { key: "columns", title: "Columns", width: "76px", number: true, cell: (step) => count(step.columns.length) },
  { key: "rows", title: "Rows", width: "100px", number: true, cell: (step) => (step.rows == null ? "–" : count(step.rows)) },
  { key: "bytes", title: "Size", width: "84px", number: true, cell: (step) => (step.bytes == null ? "–" : bytes(step.bytes)) },
];

export function LoadOrder({ plan }: { plan: Plan }) {
  return (
    <>
      {plan.cycles.map((cycle) => {
        const names = cycle.map((table) => nameOf(table));
        return (
          <Alert key={names.join()} color="caution" data-tone="caution" variant="light" icon={<IconWarning />} mb="sm" data-testid="cycle">
            Foreign keys go in a circle: <bdi>{[...names, names[0]].join(" → ")}</bdi>
          </Alert>
        );
      })}
      <Rows
        label="Load order"
        rows={plan.steps}
        columns={columns}
        rowKey={(step) => nameOf(step.to)}
        maxHeight="420px"
        empty="No table is mapped and confirmed."
        testId="load-order"
      />
    </>
  );
}
