import type { TableName } from "../../bindings";
import type { Edit } from "../edit";
import { putColumn, sentenceName, tableFor } from "./draft";

/**
 * Gives a target column the value of an expression over the source row.
 *
 * `references` are the source columns that the expression reads. An empty expression makes it a plain copy again when
 * there is one source column, and unlinks it otherwise.
 */
export function setExpression(
  from: TableName,
  to: TableName,
  column: string,
  expression: string,
  references: readonly string[],
): Edit {
  const text = expression.trim();
  return {
    label: `Set the expression of ${sentenceName(to, column)}`,
    apply: (document) => {
      const table = tableFor(document, from, to);
      const before = table.columns.find((each) => each.to === column);
      if (text === "") {
        const only = before?.from?.length === 1 ? before.from[0] : undefined;
        if (only !== undefined) putColumn(table, { to: column, from: [only], state: "confirmed" });
        else table.columns = table.columns.filter((each) => each.to !== column);
        return;
      }
      if (before?.expression === text && before.state !== "suggested") return;
      // What stands in for values that do not fit was chosen for the target column; an approved loss was of the old value.
      const { misfit, strip_nul } = before ?? {};
      putColumn(table, {
        to: column,
        from: [...references],
        expression: text,
        state: "confirmed",
        ...(misfit === undefined ? {} : { misfit }),
        ...(strip_nul === undefined ? {} : { strip_nul }),
      });
    },
  };
}
