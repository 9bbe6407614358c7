import type { TableMapping } from "../../../bindings";
import { nodeId } from "../model/names";
import type { Draft } from "../state";

/** The mapping with the expression that is being written in its place. */
export function withDraft(mapping: TableMapping, draft: Draft | null): TableMapping {
  if (!draft || nodeId(draft.to) !== nodeId(mapping.to) || draft.expression.trim() === "") return mapping;
  const column = { to: draft.column, from: [], expression: draft.expression.trim(), state: "confirmed" as const };
  return { ...mapping, columns: [...mapping.columns.filter((each) => each.to !== draft.column), column] };
}
