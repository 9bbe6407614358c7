/** What can be done at once about a required target column that nothing is linked to. */
import type { LogicalType } from "../../../bindings";

export interface Constant {
  /** As the button says it. */
  name: string;
  sql: string;
}

/** Plain values that a column of this type takes; the first is offered first. */
export function plainConstants(type: LogicalType | null): Constant[] {
  switch (type?.type) {
    case "integer":
    case "decimal":
    case "float":
      return [{ name: "0", sql: "0" }];
    case "boolean":
      return [{ name: "false", sql: "false" }, { name: "true", sql: "true" }];
    case "date":
      return [{ name: "today", sql: "current_date()" }, { name: "1970-01-01", sql: "'1970-01-01'" }];
    case "timestamp":
      return [{ name: "now", sql: "now()" }, { name: "1970-01-01", sql: "'1970-01-01 00:00:00'" }];
    case "time":
      return [{ name: "00:00", sql: "'00:00:00'" }];
    case "uuid":
      return [{ name: "a new UUID", sql: "uuid()" }];
    case "json":
      return [{ name: "{}", sql: "'{}'" }];
    case "enumeration":
      return type.values.slice(0, 3).map((value) => ({ name: value, sql: `'${value.replaceAll("'", "''")}'` }));
    case "text":
      return type.max === 0 ? [] : [{ name: "an empty text", sql: "''" }, { name: "'unknown'", sql: "'unknown'" }].filter((each) => type.max == null || each.sql.length - 2 <= type.max);
    default:
      return [];
  }
}
