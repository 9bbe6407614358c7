import type { TableName } from "../../bindings";
import type { Edit } from "../edit";
import { sameTable } from "../model";
import { sentenceName } from "./draft";

/** Takes a table out of the migration with all its links. */
export function unmapTable(to: TableName): Edit {
  return {
    label: `Unmap ${sentenceName(to)}`,
    apply: (document) => {
      if (!document.tables.some((each) => sameTable(each.to, to))) return;
      document.tables = document.tables.filter((each) => !sameTable(each.to, to));
    },
  };
}
