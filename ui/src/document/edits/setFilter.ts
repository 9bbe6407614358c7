import type { TableName } from "../../bindings";
import type { Edit } from "../edit";
import { sentenceName, tableIn } from "./draft";

/** Carries only the rows for which the expression is true; an empty one carries all. */
export function setFilter(to: TableName, filter: string): Edit {
  const text = filter.trim();
  return {
    label: text === "" ? `Remove the filter of ${sentenceName(to)}` : `Filter ${sentenceName(to)}`,
    apply: (document) => {
      const table = tableIn(document, to);
      if (!table) return;
      if (text === "") delete table.filter;
      else table.filter = text;
    },
  };
}
