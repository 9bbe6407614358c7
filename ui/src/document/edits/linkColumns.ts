import type { TableName } from "../../bindings";
import type { Edit } from "../edit";
import { putColumn, sentenceName, tableFor } from "./draft";

/** Copies one source column into one target column; what the target column had before gives way. */
export function linkColumns(from: TableName, fromColumn: string, to: TableName, toColumn: string): Edit {
  return {
    label: `Link ${sentenceName(from, fromColumn)} to ${sentenceName(to, toColumn)}`,
    apply: (document) => {
      putColumn(tableFor(document, from, to), { to: toColumn, from: [fromColumn], state: "confirmed" });
    },
  };
}
