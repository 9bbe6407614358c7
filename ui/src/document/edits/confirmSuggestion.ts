import type { TableName } from "../../bindings";
import type { Edit } from "../edit";
import { columnIn, sentenceName, tableIn } from "./draft";

/** Confirms one suggested link, and with it that its tables belong together. */
export function confirmSuggestion(to: TableName, column: string): Edit {
  return {
    label: `Accept ${sentenceName(to, column)}`,
    apply: (document) => {
      const mapping = columnIn(document, to, column);
      if (!mapping) return;
      mapping.state = "confirmed";
      tableIn(document, to)!.state = "confirmed";
    },
  };
}

/** Confirms that two tables belong together, with all that is suggested between them. */
export function confirmTable(to: TableName): Edit {
  return {
    label: `Accept ${sentenceName(to)}`,
    apply: (document) => {
      const table = tableIn(document, to);
      if (!table) return;
      table.state = "confirmed";
      for (const column of table.columns) column.state = "confirmed";
    },
  };
}
