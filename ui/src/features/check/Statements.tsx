/** The statements of the plan, as they will be sent. */
import { Button, CopyButton, Group } from "@mantine/core";
import { useState } from "react";
import type { Statement } from "../../bindings";
import { counted } from "../../app/format";
import { IconCheck, IconChevron, IconCopy, IconWarning } from "../../app/icons";
import css from "./check.module.css";

const FEW = 12;

export function Statements({ statements }: { statements: Statement[] }) {
  const parts = [
    { title: "Before the load", list: statements.filter((each) => each.when === "before-load") },
    { title: "After the load", list: statements.filter((each) => each.when === "after-load") },
  ].filter((part) => part.list.length > 0);
  if (parts.length === 0) return <p className={css.lead}>The target is not changed besides its rows.</p>;
  return (
    <div data-testid="statements">
      {parts.map((part) => <Part key={part.title} {...part} />)}
    </div>
  );
}

function Part({ title, list }: { title: string; list: Statement[] }) {
  const [open, setOpen] = useState(list.length <= 3);
  const [all, setAll] = useState(false);
  const text = list.map((each) => terminated(each.sql)).join("\n\n");
  return (
    <div className={css.part}>
      <Group justify="space-between">
        <button type="button" className={css.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
          <IconChevron size={12} className={css.chevron} />
          {title} <span className="dim">{counted(list.length, "statement")}</span>
        </button>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              variant="subtle"
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              onClick={copy}
              aria-label={`Copy: ${title}`}
            >
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </Group>
      {open && (
        <div className={css.sqls}>
          {list.slice(0, all ? undefined : FEW).map((each, index) => (
            <div key={index}>
              {each.destructive && <div className={css.destructive}><IconWarning size={14} /> Deletes or overwrites</div>}
              <pre className="sql" dir="ltr" data-testid="statement" data-destructive={each.destructive}>{terminated(each.sql)}</pre>
            </div>
          ))}
          {!all && list.length > FEW && (
            <Button variant="subtle" onClick={() => setAll(true)}>Show all {list.length}</Button>
          )}
        </div>
      )}
    </div>
  );
}

function terminated(sql: string): string {
  const trimmed = sql.trimEnd();
  return trimmed.endsWith(";") ? trimmed : `${trimmed};`;
}
