/** A profile in words. */
import type { ColumnProfile, LookedAt } from "../../../bindings";
import { count } from "../model/types";

export interface Figure {
  name: string;
  text: string;
  /** Aligns right, and is not cut. */
  number: boolean;
}

/** "3 %", and never 0 or 100 where it is not so. */
export function share(part: number, whole: number): string {
  if (whole === 0) return "";
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 1) return "< 1 %";
  if (part < whole && percent > 99) return "> 99 %";
  return `${Math.round(percent)} %`;
}

export function figures(profile: ColumnProfile, { rows }: LookedAt): Figure[] {
  const { nulls, distinct, distinct_more, least, greatest, shortest, longest, unreadable } = profile;
  const list: Figure[] = [
    { name: "Rows", text: count(rows), number: true },
    { name: "NULL", text: nulls === 0 ? "none" : `${count(nulls)} (${share(nulls, rows)})`, number: true },
    { name: "Distinct", text: `${distinct_more ? "more than " : ""}${count(distinct)}`, number: true },
  ];
  if (unreadable > 0) list.push({ name: "Unreadable", text: count(unreadable), number: true });
  if (shortest != null && longest != null) {
    list.push({ name: "Length", text: shortest === longest ? count(longest) : `${count(shortest)} to ${count(longest)}`, number: true });
  }
  if (least != null) list.push({ name: "Least", text: least, number: false });
  if (greatest != null) list.push({ name: "Greatest", text: greatest, number: false });
  return list;
}

/** What stands beside a column in the tree: a value, and how many are missing. */
export function sampleText(profile: ColumnProfile | undefined, rows: number): { value: string; nulls: string } | null {
  if (!profile) return null;
  return {
    value: profile.values[0] ?? (rows === 0 ? "no rows" : "all NULL"),
    nulls: profile.nulls > 0 && profile.nulls < rows ? `${share(profile.nulls, rows)} NULL` : "",
  };
}
