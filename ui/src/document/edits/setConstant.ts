import type { TableName } from "../../bindings";
import type { Edit } from "../edit";
import { putColumn, sentenceName, tableFor } from "./draft";

/** Gives every row the same value. `expression` is SQL without columns, such as `'Standard'`, `0` or `now()`. */
export function setConstant(from: TableName, to: TableName, column: string, expression: string): Edit {
  return {
    label: `Set a constant for ${sentenceName(to, column)}`,
    apply: (document) => {
      putColumn(tableFor(document, from, to), { to: column, expression: expression.trim(), state: "confirmed" });
    },
  };
}
