/** What can be done to the rows that are chosen, each with the number of rows that it fits. */
import { Button, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";

import { useProject } from "../../../document";
import { stepOf } from "../chain/fields";
import { IconFunction, IconSkip } from "../icons";
import type { MappingIndex } from "../model/mapping";
import { count } from "../model/types";
import { Palette } from "../palette/Palette";
import { say } from "../state";
import { acceptRows, approveRows, type Bulk, constantRows, rejectRows, skipRows, stepRows, unlinkRows } from "./bulk";
import css from "./Grid.module.css";
import type { GridRow } from "./rows";

interface BulkBarProps {
  rows: readonly GridRow[];
  index: MappingIndex;
  choosing: boolean;
  onChoosing: (choosing: boolean) => void;
}

/** Makes the edit, and says how many rows it fitted. */
export function carryOut(bulk: Bulk | null, of: number): void {
  if (!bulk) {
    say("None of the chosen rows can take it.");
    return;
  }
  useProject.getState().edit(bulk.edit);
  say(`${bulk.edit.label}${bulk.rows < of ? `, of ${count(of)} chosen` : ""}. Undo takes it back.`);
}

export function BulkBar({ rows, index, choosing, onChoosing }: BulkBarProps) {
  const [constant, setConstant] = useState<string | null>(null);
  const action = (name: string, bulk: Bulk | null, testId: string, icon?: React.ReactNode) => (
    <Button variant="default" disabled={!bulk} leftSection={icon} onClick={() => carryOut(bulk, rows.length)} data-testid={testId}>
      {name}{bulk ? ` ${count(bulk.rows)}` : ""}
    </Button>
  );
  const can = useMemo(
    () => ({
      accept: acceptRows(rows, index),
      reject: rejectRows(rows, index),
      unlink: unlinkRows(rows, index),
      skip: skipRows(rows, index),
      approve: approveRows(rows, index),
      constant: constantRows(rows, index, ""),
    }),
    [rows, index],
  );
  return (
    <div className={css.bulk} role="toolbar" aria-label="Chosen rows">
      <span className={css.chosen} role="status" data-testid="grid-chosen">
        {rows.length === 0 ? "Choose rows: Shift and Ctrl take several" : `${count(rows.length)} chosen`}
      </span>
      {action("Accept", can.accept, "bulk-accept")}
      {action("Reject", can.reject, "bulk-reject")}
      {action("Unlink", can.unlink, "bulk-unlink")}
      {action("Skip", can.skip, "bulk-skip", <IconSkip size={12} />)}
      {action("Approve loss", can.approve, "bulk-approve")}
      <Button variant="default" leftSection={<IconFunction size={12} />} disabled={!rows.some((row) => row.link)} onClick={() => onChoosing(true)} data-testid="bulk-function">
        Function…
      </Button>
      {constant === null ? (
        <Button variant="default" disabled={!can.constant} onClick={() => setConstant("")} data-testid="bulk-constant">Constant…</Button>
      ) : (
        <form
          className={css.constant}
          onSubmit={(event) => {
            event.preventDefault();
            carryOut(constantRows(rows, index, constant), rows.length);
            setConstant(null);
          }}
        >
          <TextInput
            aria-label="The same value in every row"
            placeholder="The same value in every row"
            value={constant}
            onChange={(event) => setConstant(event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Escape" && setConstant(null)}
            autoFocus
            data-testid="bulk-constant-value"
          />
          <Button type="submit" variant="default" data-testid="bulk-constant-set">Set</Button>
        </form>
      )}
      {choosing && (
        <Palette
          stepsOnly
          onClose={() => onChoosing(false)}
          onChoose={(chosen) => {
            const step = stepOf(chosen);
            if (step) carryOut(stepRows(rows, index, step), rows.length);
          }}
        />
      )}
    </div>
  );
}
