/** Logical types and numbers in words. */
import { count } from "../../../app/format";
import type { LogicalType } from "../../../bindings";

export { count };

export function typeName(type: LogicalType): string {
  switch (type.type) {
    case "integer":
      return `${type.signed ? "" : "unsigned "}integer, ${type.bits} bits`;
    case "decimal":
      return type.precision == null ? "decimal" : `decimal(${type.precision},${type.scale ?? 0})`;
    case "float":
      return `float, ${type.bits} bits`;
    case "text":
      return type.max == null ? "text" : `text, ${type.fixed ? "exactly" : "up to"} ${count(type.max)} characters`;
    case "binary":
      return type.max == null ? "bytes" : `up to ${count(type.max)} bytes`;
    case "time":
      return `time(${type.precision})`;
    case "timestamp":
      return `timestamp(${type.precision}) ${type.zoned ? "with" : "without"} zone`;
    case "enumeration":
      return `one of ${count(type.values.length)} values`;
    case "dynamic":
      return "any type";
    case "other":
      return type.name;
    case "boolean":
    case "date":
    case "interval":
    case "uuid":
    case "json":
      return type.type;
  }
}

const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** Whole up to a million, and short beyond, for narrow places. */


export const shortCount = (value: number): string => (value < 1e6 ? count(value) : SHORT.format(value));
export const percent = (score: number): string => `${Math.round(score * 100)} %`;

/** What a person typed as a constant, as SQL for a column of this type. */
export function constantFor(text: string, type: LogicalType | null): string {
  const value = text.trim();
  if (/^null$/i.test(value)) return "NULL";
  const kind = type?.type;
  const isNumber = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value);
  if (isNumber && (kind === "integer" || kind === "decimal" || kind === "float" || kind === "dynamic")) return value;
  if (kind === "boolean" && /^(true|false)$/i.test(value)) return value.toLowerCase();
  return `'${text.replaceAll("'", "''")}'`;
}
