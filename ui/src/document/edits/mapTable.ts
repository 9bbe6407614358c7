import type { TableName } from "../../bindings";
import type { Edit } from "../edit";
import { putColumn, sentenceName, tableFor } from "./draft";

/**
 * Says that the rows of one table go to another, and copies the columns given as pairs.
 *
 * Links that are there between the same two tables stay.
 */
export function mapTable(from: TableName, to: TableName, pairs: readonly { from: string; to: string }[] = []): Edit {
  return {
    label: `Map ${sentenceName(from)} to ${sentenceName(to)}`,
    apply: (document) => {
      const table = tableFor(document, from, to);
      for (const pair of pairs) {
        if (table.columns.some((each) => each.to === pair.to)) continue;
        putColumn(table, { to: pair.to, from: [pair.from], state: "confirmed" });
      }
    },
  };
}
