/** What the values of a column are like, on both sides of a link where there are two. Looked at when asked for. */
import { Button, Loader } from "@mantine/core";

import type { ColumnProfile, LookedAt, TableMapping, TableName } from "../../../bindings";
import { Problem } from "../../../app/Problem";
import { useProject } from "../../../document";
import { visible } from "../chain/pairs";
import { IconValues } from "../icons";
import inspector from "../inspector/Inspector.module.css";
import { lookedWords, useLook } from "../look";
import type { Side } from "../model/names";
import { useMapper } from "../state";
import { Query } from "./Query";
import css from "./Values.module.css";
import { figures } from "./words";

/** Rows that are read of one table at most. */
const ROWS = 100_000;

export interface Looked {
  side: Side;
  table: TableName;
  column: string;
  /** How its values are read. */
  mapping?: TableMapping;
}

export function Profiles({ columns }: { columns: readonly Looked[] }) {
  const looking = useMapper((state) => state.looking);
  if (columns.length === 0) return null;
  return (
    <section className={inspector.section} data-testid="profile">
      <div className={css.title}>
        <h3>Values</h3>
        <Button
          variant="subtle"
          leftSection={<IconValues />}
          aria-pressed={looking}
          onClick={() => useMapper.setState({ looking: !looking })}
          data-testid="look"
        >
          {looking ? "Stop looking" : "Look at the values"}
        </Button>
      </div>
      {looking && columns.map((each) => <Profile key={each.side} {...each} alone={columns.length === 1} />)}
    </section>
  );
}

function Profile({ side, table, column, mapping, alone }: Looked & { alone: boolean }) {
  const project = useProject((state) => state.project?.id ?? "");
  const reading = mapping?.reading?.[column];
  const { data, error, isFetching, again, cancel } = useLook("profile_columns", {
    project,
    side,
    table,
    // The mapping counts only where it says how values are read: another edit of it asks nothing anew.
    ...(mapping && reading ? { mapping: { ...mapping, columns: [], reading: { [column]: reading } } } : {}),
    columns: [column],
    rows: ROWS,
  });
  const [found] = data?.columns ?? [];
  return (
    <div className={css.profile} data-testid={`profile-${side}`}>
      {!alone && <h4>{side === "source" ? "Source" : "Target"} <bdi>{column}</bdi></h4>}
      {isFetching ? (
        <div className={css.busy} role="status">
          <Loader size="xs" /> Reading <bdi>{table.table}</bdi>…
          <Button variant="default" size="compact-xs" onClick={cancel} data-testid={`profile-${side}-cancel`}>Cancel</Button>
        </div>
      ) : error && error.kind !== "cancelled" ? (
        <Problem error={error} doing="Looking at the values" />
      ) : data && found ? (
        <Shown profile={found} looked={data.looked} />
      ) : (
        <div className={css.busy}>
          Nothing was looked at. <Button variant="default" size="compact-xs" onClick={again} data-testid={`profile-${side}-again`}>Look again</Button>
        </div>
      )}
    </div>
  );
}

function Shown({ profile, looked }: { profile: ColumnProfile; looked: LookedAt }) {
  return (
    <>
      <dl className={css.figures}>
        {figures(profile, looked).map(({ name, text, number }) => (
          <div key={name} data-number={number || undefined}>
            <dt>{name}</dt>
            <dd title={text}><bdi>{number ? text : visible(text)}</bdi></dd>
          </div>
        ))}
      </dl>
      {profile.values.length > 0 && (
        <ul className={css.values} aria-label="Some values">
          {profile.values.map((value) => <li key={value} title={value}><bdi>{value === "" ? "''" : visible(value)}</bdi></li>)}
        </ul>
      )}
      <p className={css.more}>From {lookedWords(looked)}.</p>
      <Query query={looked.query} more={looked.more_queries} />
    </>
  );
}
