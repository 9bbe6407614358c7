import type { TableMapping } from "../../bindings";
import type { Edit } from "../edit";
import { isSuggested, sameTable } from "../model";
import { tableIn } from "./draft";

/**
 * Takes over what the engine suggests.
 *
 * What a person confirmed or skipped is never overwritten, whatever the suggestion says: the document may have changed
 * while the engine was thinking.
 */
export function mergeSuggestions(suggested: readonly TableMapping[]): Edit {
  return {
    label: "Suggest a mapping",
    apply: (document) => {
      for (const table of suggested) {
        const known = tableIn(document, table.to);
        if (!known) {
          if (isSuggested(table)) document.tables.push(structuredClone(table));
          continue;
        }
        if (!sameTable(known.from, table.from)) continue;
        const list = known.columns;
        for (const column of table.columns) {
          if (!isSuggested(column) || known.skipped?.includes(column.to)) continue;
          const at = list.findIndex((each) => each.to === column.to);
          if (at < 0) list.push(structuredClone(column));
          else if (isSuggested(list[at])) list[at] = structuredClone(column);
        }
      }
    },
  };
}
