import type { OrphanChoice, TableName } from "../../bindings";
import type { Edit } from "../edit";
import { sentenceName, tableIn } from "./draft";

/** Says what becomes of rows whose foreign key points at nothing. */
export function setOrphans(to: TableName, orphans: OrphanChoice): Edit {
  return {
    label: `Set what becomes of the orphans of ${sentenceName(to)}`,
    apply: (document) => {
      const table = tableIn(document, to);
      if (!table) return;
      if (orphans === "stop") delete table.orphans;
      else table.orphans = orphans;
    },
  };
}
