/** What a plan's findings ask of a person, without any drawing. */
import type { Choice, Finding, Plan, Severity, Statement, TableName } from "../../bindings";
import { sentence } from "../../app/format";
import { nameOf } from "../../app/Name";

export const severities: readonly Severity[] = ["blocks", "confirm", "warning", "note"];

export interface FindingGroup {
  severity: Severity;
  findings: Finding[];
}

/** Worst first; inside a group in the plan's order. Severities without findings are left out. */
export function grouped(findings: readonly Finding[]): FindingGroup[] {
  return severities
    .map((severity) => ({ severity, findings: findings.filter((each) => each.severity === severity) }))
    .filter((group) => group.findings.length > 0);
}

/** One thing to be confirmed on its own. */
export interface Confirmation {
  key: string;
  text: string;
  /** What would be run, when it is a statement. */
  sql?: string;
}

/**
 * Everything that must be ticked before a run.
 *
 * A finding that only announces a destructive statement of the same table is left out: the statement is ticked.
 */
export function confirmations(plan: Plan): Confirmation[] {
  const destructive = plan.statements.filter((each) => each.destructive);
  const announced = (finding: Finding) =>
    finding.code === "deletes-rows" && destructive.some((each) => finding.table != null && same(each, finding));
  return [
    ...destructive.map((each, index) => ({
      key: `statement ${index}`,
      text: consequence(plan, each),
      sql: each.sql,
    })),
    ...plan.findings
      .filter((each) => each.severity === "confirm" && !announced(each))
      .map((each, index) => ({ key: `finding ${index}`, text: sentence(each.message) })),
  ];
}

function consequence(plan: Plan, statement: Statement): string {
  const finding = plan.findings.find((each) => each.code === "deletes-rows" && same(statement, each));
  return finding ? sentence(finding.message) : `What ${nameOf(statement.table)} holds is deleted or overwritten.`;
}

function same(statement: Statement, finding: Finding): boolean {
  return finding.table?.schema === statement.table.schema && finding.table.table === statement.table.table;
}

/** Why a run cannot start; `null` when it can. A dry run needs no confirmation, for it writes nothing. */
export function hindrance(plan: Plan, confirmed: ReadonlySet<string>, dryRun: boolean): string | null {
  const blocking = plan.findings.filter((each) => each.severity === "blocks").length;
  if (blocking > 0) return blocking === 1 ? "One finding blocks the run." : `${blocking} findings block the run.`;
  if (dryRun) return null;
  const open = confirmations(plan).filter((each) => !confirmed.has(each.key)).length;
  if (open > 0) return open === 1 ? "One thing is to be confirmed." : `${open} things are to be confirmed.`;
  return null;
}

/** Kept together by what they say, so that the same note on 300 tables is one line to open. */
export interface FindingBunch {
  code: Finding["code"];
  findings: Finding[];
}

export function bunched(findings: readonly Finding[]): FindingBunch[] {
  const bunches = new Map<string, FindingBunch>();
  for (const finding of findings) {
    const bunch = bunches.get(finding.code);
    if (bunch) bunch.findings.push(finding);
    else bunches.set(finding.code, { code: finding.code, findings: [finding] });
  }
  return [...bunches.values()];
}

/** A choice that every one of several findings offers. */
export interface SharedChoice {
  label: string;
  taken: { table: TableName; choice: Choice }[];
}

/** The choices that all of these findings offer under the same label, in the first one's order. */
export function sharedChoices(findings: readonly Finding[]): SharedChoice[] {
  return (findings[0]?.choices ?? []).flatMap(({ label }) => {
    const taken = findings.flatMap(({ table, choices = [] }) => {
      const choice = choices.find((each) => each.label === label);
      return table && choice ? [{ table, choice }] : [];
    });
    return taken.length === findings.length ? [{ label, taken }] : [];
  });
}
