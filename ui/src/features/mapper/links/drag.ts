/**
 * Dragging with pointer events: HTML5 drag and drop never delivers its drop in WebKitGTK.
 *
 * Rows name themselves in `data-node`; what is under the pointer is asked of the document at every move.
 */
import { judge, link, lookAhead, createTable, type Trees } from "../actions";
import { type Node, sameNode } from "../model/names";
import { expand, useMapper } from "../state";

const THRESHOLD = 4;
const OPEN_AFTER = 600;
const EDGE = 28;

/** What is under the pointer: a row, the place for a new table, or nothing. */
export function nodeAt(x: number, y: number): Node | "new-table" | null {
  const element = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-node]");
  const text = element?.dataset.node;
  if (text === undefined) return null;
  return text === "new-table" ? text : (JSON.parse(text) as Node);
}

/** Follows the pointer from `origin`, pressed on `element`, the row of `from`, until it is let go. */
export function startDrag(
  origin: { x: number; y: number },
  element: HTMLElement,
  from: Node,
  trees: () => Trees,
  schema: () => string,
): void {
  const row = element.getBoundingClientRect();
  const start = { x: from.side === "source" ? row.right : row.left, y: row.top + row.height / 2 };
  const opposite = from.side === "source" ? "target" : "source";
  let dragging = false;
  let opening: ReturnType<typeof setTimeout> | undefined;
  let scrolling: ReturnType<typeof setInterval> | undefined;
  let over: Node | "new-table" | null = null;

  const show = (at: { x: number; y: number }) => {
    const node = over === "new-table" ? null : over;
    useMapper.setState({
      drag: {
        from,
        start,
        at,
        over: node,
        permission:
          over === "new-table"
            ? from.column === undefined && from.side === "source"
              ? { answer: "yes", reason: "creates this table in the target" }
              : { answer: "no", reason: "drop a source table here" }
            : node && node.side !== from.side
              ? judge(from, node, trees())
              : null,
      },
    });
  };

  const move = (next: PointerEvent) => {
    const at = { x: next.clientX, y: next.clientY };
    if (!dragging && Math.hypot(at.x - origin.x, at.y - origin.y) < THRESHOLD) return;
    dragging = true;
    next.preventDefault();
    const found = nodeAt(at.x, at.y);
    const changed = typeof found === "string" || typeof over === "string" ? found !== over : !sameNode(found, over);
    if (changed) {
      over = found;
      clearTimeout(opening);
      if (found !== null && found !== "new-table" && found.side !== from.side) {
        void lookAhead(from, found, trees()).then(() => {
          const { drag } = useMapper.getState();
          if (drag && sameNode(drag.over, found)) show(drag.at);
        });
        if (found.column === undefined && from.column !== undefined) {
          opening = setTimeout(() => expand(found.side, [found.table], true), OPEN_AFTER);
        }
      }
    }
    show(at);
    scrollNear(at.y);
  };

  const scrollNear = (y: number) => {
    clearInterval(scrolling);
    const list = document.querySelector<HTMLElement>(`[data-list="${opposite}"]`);
    if (!list) return;
    const box = list.getBoundingClientRect();
    const by = y < box.top + EDGE ? -12 : y > box.bottom - EDGE ? 12 : 0;
    if (by !== 0) scrolling = setInterval(() => list.scrollBy(0, by), 16);
  };

  const stop = () => {
    clearTimeout(opening);
    clearInterval(scrolling);
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", stop);
    window.removeEventListener("keydown", key, true);
    useMapper.setState({ drag: null });
  };

  const up = (last: PointerEvent) => {
    const drop = dragging ? nodeAt(last.clientX, last.clientY) : null;
    stop();
    if (drop === "new-table") {
      if (from.side === "source" && from.column === undefined) createTable(from, trees(), schema());
    } else if (drop && drop.side !== from.side) {
      void link(from, drop, trees());
    }
  };

  const key = (pressed: KeyboardEvent) => {
    if (pressed.key !== "Escape") return;
    pressed.stopPropagation();
    stop();
  };

  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", stop);
  window.addEventListener("keydown", key, true);
}
