/** The same mapping as a table: to sort, filter, look through and copy. */
import { Button, TextInput } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";

import { IconCopy } from "../../../app/icons";
import { accept, unlink } from "../actions";
import { IconSpark } from "../icons";
import { linkText, type MappingIndex, VERDICTS } from "../model/mapping";
import { type Node, nodeId, nodeTestId } from "../model/names";
import type { TreeTable } from "../model/tree";
import { count } from "../model/types";
import { say, select, useMapper } from "../state";
import css from "./Grid.module.css";
import { asTabbedText, COLUMN_NAMES, COLUMNS, gridRows, type GridColumn, type GridRow, type Sorting } from "./rows";

const HEIGHT = 26;

interface GridProps {
  index: MappingIndex;
  targets: readonly TreeTable[];
  sources: ReadonlyMap<string, TreeTable>;
}

export function Grid({ index, targets, sources }: GridProps) {
  const filter = useMapper((state) => state.filter);
  const cursor = useMapper((state) => state.cursor.target);
  const [search, setSearch] = useState("");
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const rows = useMemo(() => gridRows(targets, sources, index, { filter, search, sorting }), [targets, sources, index, filter, search, sorting]);
  const scroll = useRef<HTMLDivElement>(null);
  const domId = useId();
  // eslint-disable-next-line react-hooks/incompatible-library -- the list is measured anew on every render by design
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => HEIGHT,
    overscan: 10,
    scrollMargin: HEIGHT,
    initialRect: { width: 800, height: 500 },
  });
  const currentId = cursor?.column === undefined ? null : nodeId(cursor.table, cursor.column);
  const at = currentId === null ? -1 : rows.findIndex((row) => row.id === currentId);

  const go = (position: number) => {
    const next = Math.min(Math.max(position, 0), rows.length - 1);
    const row = rows[next];
    if (!row) return;
    select(nodeOf(row));
    virtual.scrollToIndex(next, { align: "auto" });
  };
  const copy = () => {
    navigator.clipboard.writeText(asTabbedText(rows)).then(
      () => say(`${count(rows.length)} rows copied.`),
      () => say("The clipboard cannot be used here.", "problem"),
    );
  };
  const onKey = (event: KeyboardEvent) => {
    const row = rows[at];
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "c" && (window.getSelection()?.isCollapsed ?? true)) copy();
    else if (command || event.altKey) return;
    else if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at < 0 ? 0 : at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(rows.length - 1);
    else if (event.key === "PageDown") go(at + 15);
    else if (event.key === "PageUp") go(at - 15);
    else if (event.key === " " && row) accept(nodeOf(row), index);
    else if (event.key === "Delete" && row) unlink(nodeOf(row), index);
    else return;
    event.preventDefault();
  };

  return (
    <div className={css.grid}>
      <div className={css.tools}>
        <TextInput
          aria-label="Search the mapping"
          placeholder="Search"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          data-testid="grid-search"
        />
        <span className="dim">{count(rows.length)} columns</span>
        <span style={{ flex: 1 }} />
        <Button variant="default" leftSection={<IconCopy />} onClick={copy} data-testid="grid-copy">Copy</Button>
      </div>
      <div
        ref={scroll}
        className={css.scroll}
        role="grid"
        aria-label="Mapping"
        aria-rowcount={rows.length + 1}
        tabIndex={0}
        aria-activedescendant={at >= 0 ? `${domId}-${at}` : undefined}
        onKeyDown={onKey}
        data-testid="grid"
      >
        <div className={`${css.line} ${css.head}`} role="row">
          {COLUMNS.map((column) => (
            <Header key={column} column={column} sorting={sorting} onSort={setSorting} />
          ))}
        </div>
        {rows.length === 0 && <div className={css.empty}>No target column is like that.</div>}
        <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="presentation">
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row && (
              <div
                key={row.id}
                id={`${domId}-${item.index}`}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={item.index === at}
                aria-label={row.link ? linkText(row.link) : `target ${row.text.table}.${row.text.column}, ${row.text.state}`}
                className={`${css.line} ${css.row}`}
                style={{ transform: `translateY(${item.index * HEIGHT}px)` }}
                data-current={item.index === at || undefined}
                data-testid={nodeTestId(nodeOf(row)).replace("target-column", "grid-row")}
                onClick={() => select(nodeOf(row))}
              >
                {COLUMNS.map((column) => <Cell key={column} row={row} column={column} />)}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function nodeOf(row: GridRow): Node {
  return { side: "target", table: row.to, column: row.text.column };
}

function Header({ column, sorting, onSort }: { column: GridColumn; sorting: Sorting | null; onSort: (sorting: Sorting | null) => void }) {
  const active = sorting?.column === column ? sorting : null;
  const next = !active ? { column, down: false } : active.down ? null : { column, down: true };
  return (
    <div role="columnheader" data-column={column} aria-sort={active ? (active.down ? "descending" : "ascending") : "none"}>
      <button type="button" tabIndex={-1} onClick={() => onSort(next)} data-testid={`grid-sort-${column}`}>
        {COLUMN_NAMES[column]}{active ? (active.down ? " ▾" : " ▴") : ""}
      </button>
    </div>
  );
}

function Cell({ row, column }: { row: GridRow; column: GridColumn }) {
  const text = row.text[column];
  const { link } = row;
  const verdict = link?.problem ? "impossible" : link?.verdict?.verdict;
  const code = column === "source" && link?.mapping.expression != null;
  return (
    <div
      role="gridcell"
      className={code ? `${css.cell} ${css.code}` : css.cell}
      data-column={column}
      data-state={column === "state" ? text : undefined}
      data-tone={column === "verdict" && verdict ? VERDICTS[verdict].tone : undefined}
      title={text}
    >
      {column === "state" && link?.suggested && <IconSpark size={11} />}
      {column === "verdict" && verdict && `${VERDICTS[verdict].symbol} `}
      <bdi>{text}</bdi>
    </div>
  );
}
