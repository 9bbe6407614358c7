/** What the run said; it follows the newest line unless the person has scrolled up to read. */
import { useEffect, useRef } from "react";
import type { LogLevel, LogLine } from "../../bindings";
import { clock } from "../../app/format";
import css from "./run.module.css";

const levels: Record<LogLevel, string> = { info: "", warning: "warning", error: "error" };

export function Log({ lines }: { lines: readonly LogLine[] }) {
  const box = useRef<HTMLDivElement>(null);
  const following = useRef(true);

  useEffect(() => {
    if (box.current && following.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);

  if (lines.length === 0) return <p className={css.lead}>Nothing has been said yet.</p>;
  return (
    <div
      ref={box}
      className={css.log}
      role="log"
      aria-label="Log of the run"
      aria-live="off"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        following.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
      data-testid="log"
    >
      {lines.map((line, index) => (
        <div key={index} data-level={line.level}>
          <time className="dim" dateTime={line.at}>{clock(line.at)}</time>
          <span>{levels[line.level] && <strong>{levels[line.level]}: </strong>}<bdi>{line.message}</bdi></span>
        </div>
      ))}
    </div>
  );
}
