import type { Reading, TableName } from "../../bindings";
import type { Edit } from "../edit";
import { sentenceName, tableIn } from "./draft";

/** Says how a source column is read whose values are not plainly of its declared type; an empty reading is its own type. */
export function setReading(to: TableName, column: string, reading: Reading): Edit {
  const { as, unreadable } = reading;
  const plain = as == null && (unreadable ?? "reject") === "reject";
  return {
    label: `Set how ${column} is read for ${sentenceName(to)}`,
    apply: (document) => {
      const table = tableIn(document, to);
      if (!table) return;
      const others = { ...table.reading };
      delete others[column];
      if (!plain) {
        table.reading = { ...others, [column]: { ...(as == null ? {} : { as }), ...(unreadable == null || unreadable === "reject" ? {} : { unreadable }) } };
      } else if (Object.keys(others).length > 0) table.reading = others;
      else delete table.reading;
    },
  };
}
