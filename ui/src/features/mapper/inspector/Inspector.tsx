/** What is selected, and what can be done with it. */
import type { Trees } from "../actions";
import { useMapper } from "../state";
import { ColumnInspector } from "./ColumnInspector";
import css from "./Inspector.module.css";
import { SourceInspector } from "./SourceInspector";
import { TableInspector } from "./TableInspector";

export function Inspector({ trees }: { trees: Trees }) {
  const selection = useMapper((state) => state.selection);
  return (
    <aside className={css.panel} aria-label="Inspector" data-testid="inspector">
      {selection === null && (
        <section className={css.section}>
          <h2>Nothing selected</h2>
          <p className={css.hint}>
            Choose a table, a column or a link. Here you see why a link was suggested and what becomes of its values, and write
            expressions.
          </p>
        </section>
      )}
      {selection?.kind === "column" && <ColumnInspector to={selection.to} column={selection.column} trees={trees} />}
      {selection?.kind === "table" && <TableInspector to={selection.to} trees={trees} />}
      {selection?.kind === "source" && <SourceInspector from={selection.from} column={selection.column} trees={trees} />}
    </aside>
  );
}
