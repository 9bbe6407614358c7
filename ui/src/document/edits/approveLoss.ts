import type { TableName } from "../../bindings";
import type { Edit } from "../edit";
import { columnIn, sentenceName } from "./draft";

/** Records that a person has seen and accepted that this conversion changes values, or takes that back. */
export function approveLoss(to: TableName, column: string, approved: boolean): Edit {
  return {
    label: approved ? `Approve the loss in ${sentenceName(to, column)}` : `Withdraw the approval of ${sentenceName(to, column)}`,
    apply: (document) => {
      const mapping = columnIn(document, to, column);
      if (!mapping) return;
      if (approved) mapping.approve_loss = true;
      else delete mapping.approve_loss;
    },
  };
}
