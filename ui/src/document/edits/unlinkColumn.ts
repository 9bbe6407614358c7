import type { TableName } from "../../bindings";
import type { Edit } from "../edit";
import { sentenceName, tableIn } from "./draft";

/** Leaves a target column without a source. The table's mapping stays. */
export function unlinkColumn(to: TableName, column: string): Edit {
  return {
    label: `Unlink ${sentenceName(to, column)}`,
    apply: (document) => {
      const table = tableIn(document, to);
      if (!table?.columns.some((each) => each.to === column)) return;
      table.columns = table.columns.filter((each) => each.to !== column);
    },
  };
}
