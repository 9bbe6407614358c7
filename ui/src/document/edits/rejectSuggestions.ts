import type { TableMapping, TableName } from "../../bindings";
import type { Edit } from "../edit";
import { isSuggested, sameTable } from "../model";
import { sentenceName } from "./draft";

/** Takes one suggested link out; a suggested table without links goes with it. */
export function rejectSuggestion(to: TableName, column: string): Edit {
  return {
    label: `Reject ${sentenceName(to, column)}`,
    apply: (document) => {
      const table = document.tables.find((each) => sameTable(each.to, to));
      if (!table) return;
      table.columns = table.columns.filter((each) => each.to !== column || !isSuggested(each));
      if (isEmptySuggestion(table)) {
        document.tables = document.tables.filter((each) => !sameTable(each.to, to));
      }
    },
  };
}

/** Takes every suggestion out. What was confirmed stays. */
export function rejectAll(): Edit {
  return {
    label: "Reject all suggestions",
    apply: (document) => {
      for (const table of document.tables) {
        if (table.columns.some(isSuggested)) table.columns = table.columns.filter((each) => !isSuggested(each));
      }
      if (document.tables.some(isEmptySuggestion)) {
        document.tables = document.tables.filter((table) => !isEmptySuggestion(table));
      }
    },
  };
}

function isEmptySuggestion(table: TableMapping): boolean {
  return isSuggested(table) && table.columns.length === 0;
}
