/** The query that a look at values has run, to be read and copied. */
import css from "./Values.module.css";

export function Query({ query, more = 0 }: { query: string; more?: number }) {
  return (
    <details className={css.query} data-testid="look-query">
      <summary>The query</summary>
      <pre className="sql">{query}</pre>
      {more > 0 && <p className={css.more}>and {more} more like it, for other parts of the table</p>}
    </details>
  );
}
