import type { Substitute, TableName } from "../../bindings";
import type { Edit } from "../edit";
import { columnIn, sentenceName } from "./draft";

/** Says what stands in for a value that does not fit the target column. */
export function setMisfit(to: TableName, column: string, misfit: Substitute): Edit {
  return {
    label: `Set what stands in for misfits in ${sentenceName(to, column)}`,
    apply: (document) => {
      const mapping = columnIn(document, to, column);
      if (!mapping) return;
      if (misfit === "reject") delete mapping.misfit;
      else mapping.misfit = misfit;
    },
  };
}

/** Has NUL characters taken out of the text, or leaves such a row to be rejected. */
export function setStripNul(to: TableName, column: string, strip: boolean): Edit {
  return {
    label: strip ? `Take NUL out of ${sentenceName(to, column)}` : `Keep NUL in ${sentenceName(to, column)}`,
    apply: (document) => {
      const mapping = columnIn(document, to, column);
      if (!mapping) return;
      if (strip) mapping.strip_nul = true;
      else delete mapping.strip_nul;
    },
  };
}
