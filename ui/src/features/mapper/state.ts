/**
 * What the person is looking at: selection, open tables, searches, the drag in flight.
 *
 * None of it is in the document, and so none of it is ever undone.
 */
import { create } from "zustand";

import type { TableName } from "../../bindings";
import type { Permission } from "../../document/policy";
import type { Filter } from "./model/filters";
import { nodeId, type Node, type Side } from "./model/names";

export type View = "links" | "grid";

/** What the inspector shows. */
export type Selection =
  | { kind: "column"; to: TableName; column: string }
  | { kind: "table"; to: TableName }
  | { kind: "source"; from: TableName; column?: string };

export interface Drag {
  from: Node;
  /** In the window's pixels: where the line starts and where the pointer is. */
  start: { x: number; y: number };
  at: { x: number; y: number };
  over: Node | null;
  permission: Permission | null;
}

/** An expression in the editor that is not applied yet; the preview shows it. */
export interface Draft {
  to: TableName;
  column: string;
  expression: string;
}

interface MapperState {
  view: View;
  filter: Filter;
  threshold: number;
  search: Record<Side, string>;
  expanded: Record<Side, ReadonlySet<string>>;
  folded: Record<Side, ReadonlySet<string>>;
  /** The row with the focus, on each side. */
  cursor: Record<Side, Node | null>;
  active: Side;
  selection: Selection | null;
  /** Where a link begun by keyboard starts. */
  pending: Node | null;
  drag: Drag | null;
  draft: Draft | null;
  /** The last thing that was said to the person about linking. */
  message: { text: string; tone: "note" | "caution" | "problem" } | null;
  sheet: boolean;
  previewOpen: boolean;
  /** Values of the selected column are looked at. */
  looking: boolean;
  /** A value of each column stands beside it in the tree. */
  samples: Record<Side, boolean>;
  /** A column that was brought to one that is linked already: it takes its place, or joins it. */
  joining: { from: Node; to: Node } | null;
  /** A source column that is being cut into several. */
  splitting: { from: TableName; column: string } | null;
}

const EMPTY: MapperState = {
  view: "links",
  filter: "all",
  threshold: 0.8,
  search: { source: "", target: "" },
  expanded: { source: new Set(), target: new Set() },
  folded: { source: new Set(), target: new Set() },
  cursor: { source: null, target: null },
  active: "source",
  selection: null,
  pending: null,
  drag: null,
  draft: null,
  message: null,
  sheet: false,
  previewOpen: true,
  looking: false,
  samples: { source: false, target: false },
  joining: null,
  splitting: null,
};

export const useMapper = create<MapperState>(() => EMPTY);

export const resetMapper = () => useMapper.setState(EMPTY, true);

/** Puts the focus on a row and shows it in the inspector. */
export function select(node: Node): void {
  useMapper.setState(({ cursor }) => ({
    active: node.side,
    cursor: { ...cursor, [node.side]: node },
    selection: selectionOf(node),
    message: null,
  }));
}

export function selectionOf({ side, table, column }: Node): Selection {
  if (side === "source") return column === undefined ? { kind: "source", from: table } : { kind: "source", from: table, column };
  return column === undefined ? { kind: "table", to: table } : { kind: "column", to: table, column };
}

export function setSearch(side: Side, text: string): void {
  useMapper.setState(({ search, folded }) => ({
    search: { ...search, [side]: text },
    folded: { ...folded, [side]: new Set<string>() },
  }));
}

export function setFilter(filter: Filter): void {
  useMapper.setState({ filter, folded: { source: new Set(), target: new Set() } });
}

/** Opens or closes tables. While a search or a filter opens tables by itself, closing one folds it. */
export function expand(side: Side, tables: readonly TableName[], open: boolean): void {
  const keys = tables.map((table) => nodeId(table));
  useMapper.setState(({ expanded, folded }) => {
    const nowOpen = new Set(expanded[side]);
    const nowFolded = new Set(folded[side]);
    for (const key of keys) {
      if (open) {
        nowOpen.add(key);
        nowFolded.delete(key);
      } else {
        nowOpen.delete(key);
        nowFolded.add(key);
      }
    }
    return { expanded: { ...expanded, [side]: nowOpen }, folded: { ...folded, [side]: nowFolded } };
  });
}

export function say(text: string, tone: "note" | "caution" | "problem" = "note"): void {
  useMapper.setState({ message: { text, tone } });
}

/** Where each list is scrolled to, apart from the rest because it changes with every frame. */
interface Viewport {
  scroll: number;
  height: number;
}

export const useViewports = create<Record<Side, Viewport>>(() => ({
  source: { scroll: 0, height: 0 },
  target: { scroll: 0, height: 0 },
}));
