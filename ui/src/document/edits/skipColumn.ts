import type { TableName } from "../../bindings";
import type { Edit } from "../edit";
import { sentenceName, tableIn } from "./draft";

/** Leaves a target column to its default on purpose. */
export function skipColumn(to: TableName, column: string): Edit {
  return {
    label: `Leave ${sentenceName(to, column)} to its default`,
    apply: (document) => {
      const table = tableIn(document, to);
      if (!table) return;
      table.columns = table.columns.filter((each) => each.to !== column);
      table.skipped ??= [];
      if (!table.skipped.includes(column)) table.skipped.push(column);
    },
  };
}

/** Takes back that a target column is left to its default. */
export function unskipColumn(to: TableName, column: string): Edit {
  return {
    label: `Do not skip ${sentenceName(to, column)}`,
    apply: (document) => {
      const table = tableIn(document, to);
      if (!table?.skipped) return;
      table.skipped = table.skipped.filter((each) => each !== column);
      if (table.skipped.length === 0) delete table.skipped;
    },
  };
}
