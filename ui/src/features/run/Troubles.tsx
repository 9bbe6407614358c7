/** Warnings and errors of a run, above its figures until the person dismisses them; the log keeps them in any case. */
import { ActionIcon, Button } from "@mantine/core";
import { create } from "zustand";
import type { LogLine } from "../../bindings";
import { clock, counted } from "../../app/format";
import { IconCross, IconProblem, IconWarning } from "../../app/icons";
import css from "./run.module.css";

/** Shown at once; the others follow as these are dismissed. */
const MOST = 3;

/** What was dismissed of which run, for as long as the window is open. */
const useDismissed = create<{ lines: ReadonlySet<string> }>(() => ({ lines: new Set() }));

const dismiss = (keys: readonly string[]) => useDismissed.setState(({ lines }) => ({ lines: new Set([...lines, ...keys]) }));

interface TroublesProps {
  run: string;
  lines: readonly LogLine[];
  /** Said elsewhere already. */
  failure?: string;
}

export function Troubles({ run, lines, failure }: TroublesProps) {
  const dismissed = useDismissed((state) => state.lines);
  const keyOf = (line: LogLine) => `${run} ${line.at} ${line.message}`;
  const open = lines.filter((line) => line.level !== "info" && line.message !== failure && !dismissed.has(keyOf(line)));
  if (open.length === 0) return null;
  return (
    <section aria-label="Warnings and errors" className={css.troubles} data-testid="troubles">
      <ul>
        {open.slice(0, MOST).map((line) => {
          const isError = line.level === "error";
          return (
            <li key={keyOf(line)} data-level={line.level} data-testid="trouble">
              {isError ? <IconProblem /> : <IconWarning />}
              <span className="wrap">
                <strong>{isError ? "Error" : "Warning"}, {clock(line.at)}:</strong> <bdi>{line.message}</bdi>
              </span>
              <ActionIcon aria-label={`Dismiss: ${line.message}`} onClick={() => dismiss([keyOf(line)])} data-testid="dismiss-trouble">
                <IconCross size={14} />
              </ActionIcon>
            </li>
          );
        })}
      </ul>
      {open.length > 1 && (
        <div className={css.troublesFoot}>
          <span>{open.length > MOST && `and ${counted(open.length - MOST, "more", "more")} in the log`}</span>
          <Button variant="subtle" onClick={() => dismiss(open.map(keyOf))}>Dismiss all {open.length}</Button>
        </div>
      )}
    </section>
  );
}
