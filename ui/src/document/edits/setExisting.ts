import type { Existing, TableName } from "../../bindings";
import type { Edit } from "../edit";
import { sentenceName, tableIn } from "./draft";

/** What a run does about rows that the target table holds already. */
export function setExisting(to: TableName, existing: Existing): Edit {
  return {
    label: `Existing rows of ${sentenceName(to)}: ${existing}`,
    apply: (document) => {
      const table = tableIn(document, to);
      if (table) table.existing = existing;
    },
  };
}
