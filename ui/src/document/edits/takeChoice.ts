import type { Choice, TableName } from "../../bindings";
import type { Edit } from "../edit";
import { sameTable } from "../model";
import { sentenceName } from "./draft";

/**
 * Takes one of the choices that a finding of the plan offers.
 *
 * The plan names tables by their place in the document. `to` is the target table that the finding is about: where
 * another table has come to that place meanwhile, nothing is changed.
 */
export function takeChoice(to: TableName, { label, edit }: Choice): Edit {
  const column = "column" in edit ? edit.column : undefined;
  return {
    label: `${label}: ${sentenceName(to, column)}`,
    apply: (document) => {
      const table = document.tables.at(edit.table);
      if (!table || !sameTable(table.to, to)) return;
      const mapping = table.columns.find((each) => each.to === column);
      switch (edit.edit) {
        case "reading":
          // What the choice leaves open stays as it was chosen before.
          table.reading = { ...table.reading, [edit.column]: { ...table.reading?.[edit.column], ...edit.reading } };
          return;
        case "orphans":
          table.orphans = edit.orphans;
          return;
        case "existing":
          table.existing = edit.existing;
          return;
        case "triggers":
          table.triggers = edit.triggers;
          return;
        case "misfit":
          if (mapping) mapping.misfit = edit.misfit;
          return;
        case "strip-nul":
          if (mapping) mapping.strip_nul = true;
          return;
        case "generated":
          if (mapping) mapping.generated = edit.generated;
          return;
        case "approve-loss":
          if (mapping) mapping.approve_loss = true;
          return;
        case "expression":
          if (mapping) mapping.expression = edit.expression;
          return;
      }
    },
  };
}
