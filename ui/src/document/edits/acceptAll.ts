import type { Project } from "../../bindings";
import type { Edit } from "../edit";
import { isSuggested } from "../model";

/** Confirms every suggestion whose score is at least `threshold` (0 to 1). A loss is never approved by it. */
export function acceptAll(threshold: number): Edit {
  return {
    label: `Accept all suggestions of at least ${Math.round(threshold * 100)} %`,
    apply: (document) => {
      for (const table of document.tables) {
        for (const column of table.columns) {
          if (!isSuggested(column) || (column.suggestion?.score ?? 0) < threshold) continue;
          column.state = "confirmed";
          table.state = "confirmed";
        }
      }
    },
  };
}

/** How many suggestions `acceptAll` would confirm. */
export function countAccepted(document: Project, threshold: number): number {
  let count = 0;
  for (const table of document.tables) {
    for (const column of table.columns) {
      if (isSuggested(column) && (column.suggestion?.score ?? 0) >= threshold) count += 1;
    }
  }
  return count;
}
