/** Real values that a link would lose: looked for when asked, in a bounded part of the table. */
import { Button, Loader } from "@mantine/core";

import type { LostValue } from "../../../bindings";
import { Problem } from "../../../app/Problem";
import { mappingTo, useProject } from "../../../document";
import { visible } from "../chain/pairs";
import { IconSearch } from "../icons";
import { lookedWords, useLook } from "../look";
import type { Link } from "../model/mapping";
import { count } from "../model/types";
import { useMapper } from "../state";
import { Query } from "./Query";
import css from "./Values.module.css";

const ROWS = 100_000;

/** Of links whose values may not all arrive as they are. */
export function Losses({ link }: { link: Link }) {
  const looking = useMapper((state) => state.looking);
  const at = link.verdict?.verdict;
  if (link.problem || (at !== "narrowing" && at !== "lossy")) return null;
  if (looking) return <Found link={link} />;
  return (
    <Button variant="default" leftSection={<IconSearch size={12} />} onClick={() => useMapper.setState({ looking: true })} data-testid="find-losses">
      Look for values that would be lost
    </Button>
  );
}

function Found({ link }: { link: Link }) {
  const project = useProject((state) => state.project?.id ?? "");
  const mapping = useProject((state) => state.document && mappingTo(state.document, link.to));
  const asked = mapping && { ...mapping, columns: mapping.columns.filter((each) => each.to === link.column) };
  const { data, error, isFetching, again, cancel } = useLook(
    "find_losses",
    { project, mapping: asked!, column: link.column, rows: ROWS },
    { enabled: asked != null },
  );
  if (isFetching) {
    return (
      <div className={css.busy} role="status">
        <Loader size="xs" /> Looking for values that would be lost…
        <Button variant="default" size="compact-xs" onClick={cancel} data-testid="losses-cancel">Cancel</Button>
      </div>
    );
  }
  if (error && error.kind !== "cancelled") return <Problem error={error} doing="Looking for losses" />;
  if (!data) return <div className={css.busy}>Not looked for. <Button variant="default" size="compact-xs" onClick={again}>Look again</Button></div>;
  const { looked, rows, examples } = data;
  return (
    <div className={css.losses} data-testid="losses" data-lost={rows}>
      <p>
        {rows === 0 ? (
          <>Nothing is lost: every value fits, in {lookedWords(looked)}.</>
        ) : (
          <><strong>{count(rows)}</strong> {rows === 1 ? "value would not arrive as it is" : "values would not arrive as they are"}, in {lookedWords(looked)}:</>
        )}
      </p>
      <ul>
        {examples.map((each, i) => <Example key={i} lost={each} />)}
      </ul>
      <Query query={looked.query} more={looked.more_queries} />
    </div>
  );
}

function Example({ lost }: { lost: LostValue }) {
  return (
    <li>
      <bdi>{lost.before == null ? "NULL" : visible(lost.before)}</bdi>
      {" → "}
      {lost.rejected ? <span className={css.rejected}>rejected: {lost.reason}</span> : <bdi>{lost.after == null ? "NULL" : visible(lost.after)}</bdi>}
    </li>
  );
}
