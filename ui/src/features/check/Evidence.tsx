/** What was seen in the data: how many rows, which ones, and one of the values. */
import type { Evidence } from "../../bindings";
import { count } from "../../app/format";
import css from "./check.module.css";

/** Keys beyond these are left to the command line's list. */
const KEYS = 3;

export function EvidenceLine({ evidence }: { evidence: Evidence }) {
  const { rows, rows_read: read, sampled, keys = [], example } = evidence;
  const more = keys.length - KEYS;
  return (
    <dl className={css.evidence} data-testid="evidence">
      <div>
        <dt>{sampled ? "Rows, at least" : "Rows"}</dt>
        <dd>{count(rows)} of {count(read)} {sampled ? "read as a sample" : "read"}</dd>
      </div>
      {keys.length > 0 && (
        <div>
          <dt>For example</dt>
          <dd><bdi>{keys.slice(0, KEYS).join("; ")}</bdi>{more > 0 && ` and ${count(more)} more`}</dd>
        </div>
      )}
      {example != null && (
        <div>
          <dt>Value</dt>
          <dd><code><bdi>{example}</bdi></code></dd>
        </div>
      )}
    </dl>
  );
}
