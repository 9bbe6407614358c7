/** The keys of a tree. What they do is in actions; here is only which key does it. */
import type { KeyboardEvent } from "react";

import { accept, counterpart, link, unlink, type Trees } from "../actions";
import type { MappingIndex } from "../model/mapping";
import { type Node, nodeId, type Side } from "../model/names";
import type { Row } from "../model/tree";
import { expand, say, select, useMapper } from "../state";

export interface TreeKeys {
  side: Side;
  rows: readonly Row[];
  /** Position of the row with the focus; −1 when it is not in the list. */
  at: number;
  page: number;
  trees: Trees;
  focusSide: (side: Side) => void;
}

export function nodeOf(side: Side, row: Row): Node {
  return row.column ? { side, table: row.table.name, column: row.column.name } : { side, table: row.table.name };
}

export function onTreeKey(event: KeyboardEvent, keys: TreeKeys): void {
  const { side, rows, at, page } = keys;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const row = rows[at];
  const go = (index: number) => {
    const next = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (next) select(nodeOf(side, next));
  };

  switch (event.key) {
    case "ArrowDown":
      go(at + 1);
      break;
    case "ArrowUp":
      go(at < 0 ? 0 : at - 1);
      break;
    case "PageDown":
      go(at + page);
      break;
    case "PageUp":
      go(at - page);
      break;
    case "Home":
      go(0);
      break;
    case "End":
      go(rows.length - 1);
      break;
    case "ArrowRight":
      if (!row) return;
      if (!row.column && !row.expanded) expand(side, [row.table.name], true);
      else if (!row.column) go(at + 1);
      break;
    case "ArrowLeft":
      if (!row) return;
      if (row.column) go(rows.findIndex((each) => each.id === row.table.key));
      else expand(side, [row.table.name], false);
      break;
    case "Tab":
      // Between the two trees only; from the ends the browser goes on.
      if (side === "source" && !event.shiftKey) keys.focusSide("target");
      else if (side === "target" && event.shiftKey) keys.focusSide("source");
      else return;
      break;
    default:
      if (!row || !act(event.key, nodeOf(side, row), row, keys)) return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function act(key: string, node: Node, row: Row, { side, trees, focusSide }: TreeKeys): boolean {
  const { pending, cursor } = useMapper.getState();
  const opposite = side === "source" ? "target" : "source";
  switch (key) {
    case "Enter":
      if (pending && pending.side !== side && (pending.column === undefined) === (node.column === undefined)) {
        void link(pending, node, trees);
      } else if (row.column) {
        beginLink(node);
        focusSide(opposite);
      } else {
        enter(node, trees.index, !row.expanded);
      }
      return true;
    case "Escape":
      if (pending) {
        useMapper.setState({ pending: null });
        say("Linking cancelled.");
        return true;
      }
      return leave(node, row);
    case "Backspace":
      return leave(node, row);
    case "Delete":
      unlink(node, trees.index);
      return true;
    case "s":
    case "S":
      if (side === "source" && node.column !== undefined) useMapper.setState({ splitting: { from: node.table, column: node.column } });
      else say("Choose a source column to split.");
      return true;
    case "v":
    case "V":
      useMapper.setState(({ looking }) => ({ looking: !looking }));
      return true;
    case " ":
      accept(node, trees.index);
      return true;
    case "l":
    case "L": {
      const other = cursor[opposite];
      if (other) void link(node, other, trees);
      else say(`Choose a ${opposite} first.`);
      return true;
    }
    case "j":
    case "J": {
      const other = counterpart(node, trees.index);
      if (other) reveal(other, focusSide);
      else say("It is not linked to anything.");
      return true;
    }
    default:
      return false;
  }
}

/** From a table into its columns, and with it into those of the tables that it is mapped to. */
export function enter({ side, table }: Node, index: MappingIndex, open: boolean): void {
  expand(side, [table], open);
  if (!open) return;
  if (side === "source") {
    const mapped = index.sources.get(nodeId(table)) ?? [];
    expand("target", mapped.map((each) => each.mapping.to), true);
  } else {
    const from = index.targets.get(nodeId(table))?.mapping.from;
    if (from) expand("source", [from], true);
  }
}

/** Back from a column, or an open table, to the tables. */
function leave(node: Node, row: Row): boolean {
  if (!row.column && !row.expanded) return false;
  expand(node.side, [node.table], false);
  select({ side: node.side, table: node.table });
  return true;
}

export function beginLink(node: Node): void {
  useMapper.setState({ pending: node });
  const opposite = node.side === "source" ? "target" : "source";
  say(`Linking ${node.table.table}.${node.column ?? ""}: choose a ${opposite} column and press Enter, or Escape to stop.`);
}

/** Goes to a node on whichever side it is, opening its table. */
export function reveal(node: Node, focusSide?: (side: Side) => void): void {
  if (node.column !== undefined) expand(node.side, [node.table], true);
  select(node);
  focusSide?.(node.side);
}
