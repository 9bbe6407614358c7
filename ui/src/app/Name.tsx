/** Names of tables and columns, kept apart from the direction of the text around them. */
import type { TableName } from "../bindings";

export function nameOf(table: TableName, column?: string | null): string {
  return [table.schema, table.table, column].filter((part) => part != null && part !== "").join(".");
}

interface NameProps {
  table: TableName;
  column?: string | null;
}

/** `schema.table.column`, the schema dimmed. */
export function Name({ table, column }: NameProps) {
  return (
    <span className="wrap">
      {table.schema !== "" && <span className="dim"><bdi>{table.schema}</bdi>.</span>}
      <bdi>{table.table}</bdi>
      {column != null && <>.<bdi>{column}</bdi></>}
    </span>
  );
}
