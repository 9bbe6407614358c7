/** Findings by severity; the same one on many tables is folded into one line. */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import type { Finding, FindingCode, Severity } from "../../bindings";
import { counted, sentence } from "../../app/format";
import { IconCheck, IconChevron, IconNote, IconProblem, IconWarning } from "../../app/icons";
import { Name } from "../../app/Name";
import { go } from "../../app/navigation";
import { approveLoss, setExisting, useProject } from "../../document";
import { ChoicesForAll, ChoicesOf } from "./Choices";
import { EvidenceLine } from "./Evidence";
import { bunched, grouped, type FindingBunch } from "./findings";
import css from "./check.module.css";

const heads: Record<Severity, { title: string; icon: typeof IconNote; tone: string }> = {
  blocks: { title: "Blocks the run", icon: IconProblem, tone: "problem" },
  confirm: { title: "To be confirmed", icon: IconWarning, tone: "caution" },
  warning: { title: "Warnings", icon: IconWarning, tone: "caution" },
  note: { title: "Notes", icon: IconNote, tone: "plain" },
};

const titles: Record<FindingCode, string> = {
  "nothing-to-do": "Nothing is mapped",
  "unknown-table": "Tables that do not exist",
  "unknown-column": "Columns that do not exist",
  "unconfirmed-suggestion": "Suggestions not confirmed",
  "required-unmapped": "Required columns without a value",
  "invalid-expression": "Expressions that do not work",
  "type-impossible": "Impossible conversions",
  "lossy-cast": "Conversions that change values",
  "narrowing-cast": "Values that may not fit",
  "null-into-required": "Nulls into required columns",
  "generated-column": "Generated columns",
  "target-not-empty": "Targets that hold rows",
  "deletes-rows": "Rows that are deleted first",
  "unique-at-risk": "Keys that may repeat",
  "foreign-key-cycle": "Foreign keys in a circle",
  "referenced-table-missing": "References to tables that are not loaded",
  "identifier-too-long": "Names that are too long",
  "identifier-refused": "Names that the target does not take",
  "identifier-twice": "Names that are one in the target",
  "default-not-carried": "Defaults not carried",
  "check-not-carried": "Checks not carried",
  "index-not-carried": "Indexes not carried",
  "type-changed": "Types changed in new tables",
  "physical-chunks": "Chunks by physical place",
  "no-snapshot": "No common snapshot",
  "production-target": "Production",
  "source-column-unused": "Source columns not carried",
  "unreadable-values": "Values that cannot be read as their type",
  "misfit-values": "Values that do not fit the target",
  "type-guess": "Types that the data leave open",
  "encoded-twice": "Text that was encoded twice",
  "key-collision": "Keys that are alike in the target",
  "key-present": "Keys that the target holds already",
  "json-at-risk": "Documents that not every program keeps",
  "orphan-rows": "Rows whose foreign key points at nothing",
  "check-violated": "Checks that rows violate",
  "large-values": "Very large values",
  "triggers-stay": "Triggers that fire during the load",
  "not-carried": "Objects not carried",
  "rollback-limited": "Limits of the way back",
};

interface FindingsProps {
  findings: Finding[];
  /** They are history: nothing can be mended from here. */
  readOnly?: boolean;
}

export function Findings({ findings, readOnly = false }: FindingsProps) {
  const groups = grouped(findings);
  if (groups.length === 0) {
    return (
      <p className={css.clean} data-testid="no-findings"><IconCheck /> Nothing speaks against it.</p>
    );
  }
  return (
    <div className={css.groups} data-testid="findings">
      {groups.map(({ severity, findings: own }) => {
        const { title, icon: Icon, tone } = heads[severity];
        return (
          <section key={severity} aria-label={title} data-testid={`findings-${severity}`}>
            <h2 className={css.severity} data-tone={tone}><Icon /> {title} <span className="dim">{own.length}</span></h2>
            <div className={css.bunches}>
              {bunched(own).map((bunch) => <Bunch key={bunch.code} bunch={bunch} open={severity === "blocks"} readOnly={readOnly} />)}
            </div>
          </section>
        );
      })}
    </div>
  );
}

/** Drawn at once; the rest follows on demand. */
const PAGE = 20;

function Bunch({ bunch, open, readOnly }: { bunch: FindingBunch; open: boolean; readOnly: boolean }) {
  const [shown, setShown] = useState(open || bunch.findings.length === 1);
  const [limit, setLimit] = useState(PAGE);
  const { findings, code } = bunch;
  const many = findings.length > 1;
  return (
    <div className={css.bunch}>
      {many && (
        <button type="button" className={css.fold} aria-expanded={shown} onClick={() => setShown(!shown)} data-testid={`bunch-${code}`}>
          <IconChevron size={12} className={css.chevron} />
          {titles[code] ?? code} <span className="dim">{findings.length}</span>
        </button>
      )}
      {shown && many && !readOnly && <ChoicesForAll findings={findings} />}
      {shown && (
        <ul className={css.list}>
          {findings.slice(0, limit).map((finding, index) => <Line key={index} finding={finding} readOnly={readOnly} />)}
          {findings.length > limit && (
            <li className={css.finding}>
              <Button variant="subtle" onClick={() => setLimit(limit + 10 * PAGE)}>
                Show more ({counted(findings.length - limit, "finding")} left)
              </Button>
            </li>
          )}
        </ul>
      )}
    </div>
  );
}

function Line({ finding, readOnly }: { finding: Finding; readOnly: boolean }) {
  const { table, column } = finding;
  return (
    <li className={css.finding} data-testid="finding" data-code={finding.code}>
      <div className={css.words}>
        {table && <div className={css.where}><Name table={table} column={column} /></div>}
        <div className="wrap">{sentence(finding.message)}</div>
        {finding.evidence && <EvidenceLine evidence={finding.evidence} />}
        {finding.severity !== "note" || finding.code !== "lossy-cast" ? <div className={css.remedy}>{finding.remedy}</div> : null}
        {!readOnly && <ChoicesOf finding={finding} />}
      </div>
      {!readOnly && <Group gap="xs" wrap="nowrap">
        <Mend finding={finding} />
        {table && (
          <Button
            variant="subtle"
            onClick={() => go({ screen: "mapper", table, column: column ?? undefined })}
            data-testid="finding-go"
          >
            Go to<span className="spoken"> {table.table} {column ?? ""}</span>
          </Button>
        )}
        {finding.code === "nothing-to-do" && <Button variant="subtle" onClick={() => go({ screen: "mapper" })}>Go to the mapping</Button>}
        {finding.code === "production-target" && <Button variant="subtle" onClick={() => go({ screen: "connections" })}>Go to the connections</Button>}
      </Group>}
    </li>
  );
}

/** What can be done about it without leaving the plan. */
function Mend({ finding }: { finding: Finding }) {
  const edit = useProject((state) => state.edit);
  const { table, column, code, severity } = finding;
  if (!table) return null;
  if (code === "lossy-cast" && column != null) {
    const approved = severity === "note";
    return (
      <Button
        variant={approved ? "subtle" : "light"}
        onClick={() => edit(approveLoss(table, column, !approved))}
        data-testid="approve-loss"
      >
        {approved ? "Withdraw" : "Approve the loss"}
      </Button>
    );
  }
  if (code === "target-not-empty" && severity === "blocks") {
    return (
      <>
        <Button variant="light" onClick={() => edit(setExisting(table, "append"))} data-testid="existing-append">Append</Button>
        <Button variant="light" onClick={() => edit(setExisting(table, "skip"))} data-testid="existing-skip">Skip those there</Button>
        <Button variant="light" onClick={() => edit(setExisting(table, "replace"))} data-testid="existing-replace">Replace</Button>
      </>
    );
  }
  return null;
}
