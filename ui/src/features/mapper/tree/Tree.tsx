/** One side: a virtual list of tables and columns with one focus, moved by pointer and by keys. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, type PointerEvent, type RefObject, useEffect, useId, useMemo, useRef } from "react";

import type { Trees } from "../actions";
import { startDrag } from "../links/drag";
import { ROW_HEIGHT } from "../links/geometry";
import { linksFrom, type MappingIndex } from "../model/mapping";
import { type Node, nodeId, sameNode, type Side } from "../model/names";
import type { Row, TreeTable } from "../model/tree";
import { expand, select, useMapper, useViewports } from "../state";
import { enter, onTreeKey } from "./keys";
import { useSamples } from "./samples";
import { type RowState, TreeRow } from "./TreeRow";
import css from "./Tree.module.css";

interface TreeProps {
  side: Side;
  rows: readonly Row[];
  places: ReadonlyMap<string, number>;
  trees: Trees;
  listRef: RefObject<HTMLDivElement | null>;
  focusSide: (side: Side) => void;
  /** Schema of tables that are made by hand. */
  schema: string;
  label: string;
  empty: string;
}

export function Tree({ side, rows, places, trees, listRef, focusSide, schema, label, empty }: TreeProps) {
  const domId = useId();
  const cursor = useMapper((state) => state.cursor[side]);
  const pending = useMapper((state) => state.pending);
  const over = useMapper((state) => (state.drag?.over?.side === side ? state.drag.over : null));
  const answer = useMapper((state) => (state.drag?.over?.side === side ? (state.drag.permission?.answer ?? null) : null));
  const at = cursor ? (places.get(nodeId(cursor.table, cursor.column)) ?? -1) : -1;
  // A drag outlives the render it began in.
  const latest = useRef({ trees, schema });
  useEffect(() => {
    latest.current = { trees, schema };
  });

  // eslint-disable-next-line react-hooks/incompatible-library -- the list is measured anew on every render by design
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => listRef.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    getItemKey: (index) => rows[index]?.id ?? index,
    initialRect: { width: 300, height: 600 },
  });

  useViewport(side, listRef);
  const follow = useRef<string | null>(null);
  useEffect(() => {
    const id = cursor ? nodeId(cursor.table, cursor.column) : null;
    // Only when the focus moved: filtering must not make the list jump.
    if (at >= 0 && id !== follow.current) {
      follow.current = id;
      virtual.scrollToIndex(at, { align: "auto" });
    }
  }, [at, cursor, virtual]);

  const items = virtual.getVirtualItems();
  const page = useMemo(() => Math.max(1, Math.floor((virtual.scrollRect?.height ?? 400) / ROW_HEIGHT) - 1), [virtual.scrollRect]);

  const wanted = useMapper((state) => state.samples[side]);
  const samples = useSamples(side, useMemo(() => tablesOf(items.map((item) => rows[item.index])), [items, rows]), wanted);

  const nodeUnder = (event: PointerEvent | MouseEvent): Node | null => {
    const text = (event.target as HTMLElement).closest<HTMLElement>("[data-node]")?.dataset.node;
    return text === undefined ? null : (JSON.parse(text) as Node);
  };
  const toggle = (node: Node) => {
    const row = rows[places.get(nodeId(node.table)) ?? -1];
    if (row) expand(side, [row.table.name], !row.expanded);
  };

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const node = nodeUnder(event);
    if (!node || event.button !== 0) return;
    select(node);
    if ((event.target as HTMLElement).closest("[data-toggle]")) {
      toggle(node);
      return;
    }
    const element = (event.target as HTMLElement).closest<HTMLElement>("[data-node]");
    if (!element) return;
    startDrag(
      { x: event.clientX, y: event.clientY },
      element,
      node,
      () => latest.current.trees,
      () => latest.current.schema,
    );
  };

  return (
    <div
      ref={listRef}
      role="tree"
      aria-label={label}
      tabIndex={0}
      className={css.list}
      data-list={side}
      data-testid={`${side}-tree`}
      aria-activedescendant={at >= 0 ? `${domId}-${at}` : undefined}
      onPointerDown={onPointerDown}
      onDoubleClick={(event) => {
        const node = nodeUnder(event);
        if (!node || node.column !== undefined || (event.target as HTMLElement).closest("[data-toggle]")) return;
        const row = rows[places.get(nodeId(node.table)) ?? -1];
        if (row) enter(node, trees.index, !row.expanded);
      }}
      onFocus={() => useMapper.setState({ active: side })}
      onKeyDown={(event) => onTreeKey(event, { side, rows, at, page, trees, focusSide })}
    >
      {rows.length === 0 && <div className={css.empty}>{empty}</div>}
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const node = row.column
            ? { side, table: row.table.name, column: row.column.name }
            : { side, table: row.table.name };
          return (
            <TreeRow
              key={row.id}
              side={side}
              row={row}
              state={knownState(side, row, trees.index)}
              top={item.index * ROW_HEIGHT}
              current={item.index === at}
              pending={sameNode(pending, node)}
              drop={over && sameNode(over, node) ? answer : null}
              sample={(row.column && samples.get(row.table.key)?.get(row.column.name)) ?? null}
              domId={`${domId}-${item.index}`}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Tables with a column among these rows. */
function tablesOf(rows: readonly (Row | undefined)[]): TreeTable[] {
  return [...new Set(rows.flatMap((row) => (row?.column ? [row.table] : [])))];
}

/** Tells the link layer where the list is. */
function useViewport(side: Side, listRef: RefObject<HTMLDivElement | null>) {
  useEffect(() => {
    const list = listRef.current;
    if (!list) return;
    const tell = () => useViewports.setState({ [side]: { scroll: list.scrollTop, height: list.clientHeight } });
    tell();
    const observer = new ResizeObserver(tell);
    observer.observe(list);
    list.addEventListener("scroll", tell, { passive: true });
    return () => {
      observer.disconnect();
      list.removeEventListener("scroll", tell);
    };
  }, [side, listRef]);
}

const NONE: RowState = { links: [], mapped: false, skipped: false, missing: false };

const states = new WeakMap<MappingIndex, Map<string, RowState>>();

/** The same object while the mapping is the same, so that scrolling draws only the rows that come into view. */
function knownState(side: Side, row: Row, index: MappingIndex): RowState {
  const key = `${side}${row.id}`;
  const known = states.get(index) ?? new Map<string, RowState>();
  states.set(index, known);
  const state = known.get(key) ?? stateOf(side, row, index);
  known.set(key, state);
  return state;
}

export function stateOf(side: Side, row: Row, index: MappingIndex): RowState {
  const { table, column } = row;
  if (side === "source") {
    if (column) {
      const links = linksFrom(index, table.name, column.name);
      return links.length === 0 ? NONE : { links, mapped: true, skipped: false, missing: false };
    }
    const mapped = index.sources.get(table.key);
    return mapped ? { links: mapped.flatMap((each) => each.links), mapped: true, skipped: false, missing: false } : NONE;
  }
  const mapped = index.targets.get(table.key);
  if (!mapped) return NONE;
  if (column) {
    const link = mapped.byColumn.get(column.name);
    return {
      links: link ? [link] : [],
      mapped: link !== undefined,
      skipped: mapped.skipped.has(column.name),
      missing: mapped.required.has(column.name),
    };
  }
  return {
    links: mapped.links,
    filled: { linked: mapped.links.length, of: table.columns.length },
    mapped: true,
    skipped: false,
    missing: mapped.required.size > 0,
  };
}
