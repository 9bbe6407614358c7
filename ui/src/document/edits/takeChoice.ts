import type { Choice, TableName } from "../../bindings";
import type { Edit } from "../edit";
import { sameTable } from "../model";
import { sentenceName } from "./draft";

/** The URL of a file with this parameter in place of what it said of it. */
function withParameter(url: string, name: string, value: string): string {
  const at = url.lastIndexOf("?");
  const query = at < 0 ? "" : url.slice(at + 1);
  // A file's name may hold a question mark: only what looks like name=value are parameters.
  const has = query !== "" && query.split("&").every((part) => part.includes("="));
  const others = has ? query.split("&").filter((part) => !part.startsWith(`${name}=`)) : [];
  return `${has ? url.slice(0, at) : url}?${[...others, `${name}=${encodeURIComponent(value)}`].join("&")}`;
}

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
        case "encoding": {
          const source = document.connections[document.source];
          if (source) source.url = withParameter(source.url, "encoding", edit.encoding);
          return;
        }
        case "leave-check":
          if (!table.left_checks?.includes(edit.check)) table.left_checks = [...(table.left_checks ?? []), edit.check];
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
