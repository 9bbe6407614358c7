/** The same mapping as a table: to sort, filter, look through and copy. */
import { Button, TextInput } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";

import { IconCopy } from "../../../app/icons";
import { counterpart } from "../actions";
import { Confidence } from "../Confidence";
import { IconSpark } from "../icons";
import { linkText, type MappingIndex } from "../model/mapping";
import { type Node, nodeId, nodeTestId } from "../model/names";
import type { TreeTable } from "../model/tree";
import { count } from "../model/types";
import { Risk } from "../Risk";
import { say, select, useMapper } from "../state";
import { reveal } from "../tree/keys";
import { acceptRows, rejectRows, skipRows, unlinkRows } from "./bulk";
import { BulkBar, carryOut } from "./BulkBar";
import css from "./Grid.module.css";
import { asTabbedText, COLUMN_NAMES, COLUMNS, gridRows, type GridColumn, type GridRow, type Sorting } from "./rows";
import { all, type How, NOTHING, pick, type Picked } from "./selection";

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
  const order = useMemo(() => rows.map((row) => row.id), [rows]);
  const [picked, setPicked] = useState<Picked>(NOTHING);
  const [choosing, setChoosing] = useState(false);
  // A row that a filter hides is not chosen any more.
  const chosen = useMemo(() => rows.filter((row) => picked.ids.has(row.id)), [rows, picked]);

  const take = (row: GridRow, how: How = {}) => {
    setPicked(pick(order, picked, row.id, how));
    select(nodeOf(row));
  };
  const go = (position: number, how: How) => {
    const next = Math.min(Math.max(position, 0), rows.length - 1);
    const row = rows[next];
    if (!row) return;
    take(row, how);
    virtual.scrollToIndex(next, { align: "auto" });
  };
  const copy = () => {
    const copied = chosen.length > 1 ? chosen : rows;
    navigator.clipboard.writeText(asTabbedText(copied)).then(
      () => say(`${count(copied.length)} rows copied.`),
      () => say("The clipboard cannot be used here.", "problem"),
    );
  };
  const show = (node: Node | null) => {
    if (!node) {
      say("It is not linked to anything.");
      return;
    }
    useMapper.setState({ view: "links" });
    reveal(node);
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-list="${node.side}"]`)?.focus());
  };
  const onKey = (event: KeyboardEvent) => {
    const row = rows[at];
    const command = event.ctrlKey || event.metaKey;
    const how = { range: event.shiftKey };
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (command && key === "c" && (window.getSelection()?.isCollapsed ?? true)) copy();
    else if (command && key === "a") setPicked(all(order, picked));
    else if (command && key === " " && row) take(row, { toggle: true });
    else if (command || event.altKey) return;
    else if (key === "ArrowDown") go(at + 1, how);
    else if (key === "ArrowUp") go(at < 0 ? 0 : at - 1, how);
    else if (key === "Home") go(0, how);
    else if (key === "End") go(rows.length - 1, how);
    else if (key === "PageDown") go(at + 15, how);
    else if (key === "PageUp") go(at - 15, how);
    else if (key === " " && chosen.length > 0) carryOut(acceptRows(chosen, index), chosen.length);
    else if (key === "Delete" && chosen.length > 0) {
      const links = chosen.filter((each) => each.link);
      carryOut(links.every((each) => each.link?.suggested) ? rejectRows(chosen, index) : unlinkRows(chosen, index), chosen.length);
    } else if (key === "s" && chosen.length > 0) carryOut(skipRows(chosen, index), chosen.length);
    else if (key === "f" && chosen.some((each) => each.link)) setChoosing(true);
    else if (key === "Enter" && row) show(nodeOf(row));
    else if (key === "j" && row) show(counterpart(nodeOf(row), index));
    else if (key === "Escape" && picked.ids.size > 0) setPicked(NOTHING);
    else return;
    event.preventDefault();
    event.stopPropagation();
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
        aria-multiselectable
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
                aria-selected={picked.ids.has(row.id)}
                aria-label={row.link ? linkText(row.link) : `target ${row.text.table}.${row.text.column}, ${row.text.state}`}
                className={`${css.line} ${css.row}`}
                style={{ transform: `translateY(${item.index * HEIGHT}px)` }}
                data-current={item.index === at || undefined}
                data-chosen={picked.ids.has(row.id) || undefined}
                data-testid={nodeTestId(nodeOf(row)).replace("target-column", "grid-row")}
                onMouseDown={(event) => {
                  // Shift would select text.
                  if (event.shiftKey) event.preventDefault();
                }}
                onClick={(event) => take(row, { range: event.shiftKey, toggle: event.ctrlKey || event.metaKey })}
                onDoubleClick={() => show(nodeOf(row))}
              >
                {COLUMNS.map((column) => <Cell key={column} row={row} column={column} />)}
              </div>
            );
          })}
        </div>
      </div>
      <BulkBar rows={chosen} index={index} choosing={choosing} onChoosing={setChoosing} />
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
  const code = column === "source" && link?.mapping.expression != null;
  return (
    <div
      role="gridcell"
      className={code ? `${css.cell} ${css.code}` : css.cell}
      data-column={column}
      data-state={column === "state" ? text : undefined}
      title={column === "verdict" ? undefined : text}
    >
      {column === "state" && link?.suggested && <IconSpark size={11} />}
      {column === "verdict" ? link && <Risk link={link} /> : column === "score" && link?.score != null ? <Confidence score={link.score} /> : <bdi>{text}</bdi>}
    </div>
  );
}
