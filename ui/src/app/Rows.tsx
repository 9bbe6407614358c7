/**
 * A table of any length: rows outside the view are not drawn when there are many.
 *
 * It knows nothing of what it shows. Below `FEW` rows everything is drawn, so that short tables print and can be
 * searched like any text.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import { Fragment, useRef, type ReactNode } from "react";
import css from "./Rows.module.css";

export interface RowColumn<T> {
  key: string;
  title: ReactNode;
  /** A track of a CSS grid, such as `minmax(120px, 2fr)`. */
  width: string;
  number?: boolean;
  cell: (row: T, index: number) => ReactNode;
}

interface RowsProps<T> {
  label: string;
  rows: readonly T[];
  columns: RowColumn<T>[];
  rowKey: (row: T) => string;
  /** Shown under a row over the whole width; `null` is nothing. */
  below?: (row: T) => ReactNode;
  /** CSS height that the table does not exceed. */
  maxHeight?: string;
  empty?: ReactNode;
  testId: string;
}

const FEW = 100;

function Below({ children }: { children: ReactNode }) {
  if (children === null || children === undefined) return null;
  return <div role="row"><div role="cell">{children}</div></div>;
}

export function Rows<T>({ label, rows, columns, rowKey, below, maxHeight = "60vh", empty, testId }: RowsProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const many = rows.length > FEW;
  // eslint-disable-next-line react-hooks/incompatible-library -- the component is not compiled, and hands nothing on
  const virtual = useVirtualizer({
    count: many ? rows.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => 29,
    overscan: 12,
    getItemKey: (index) => rowKey(rows[index]),
  });
  const template = {
    gridTemplateColumns: columns.map((column) => column.width).join(" "),
    // What the columns need at least; a narrower view scrolls.
    minWidth: columns.reduce((sum, column) => sum + Number(/(\d+)px/.exec(column.width)?.[1] ?? 0), 0),
  };

  const line = (row: T, index: number) => (
    <>
      <div role="row" className={css.row} style={template} aria-rowindex={index + 2}>
        {columns.map((column) => (
          <div key={column.key} role="cell" className={column.number ? css.number : css.cell}>
            {column.cell(row, index)}
          </div>
        ))}
      </div>
      <Below>{below?.(row)}</Below>
    </>
  );

  return (
    <div
      ref={scroller}
      className={css.table}
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      style={{ maxHeight }}
      tabIndex={0}
      data-testid={testId}
    >
      <div role="row" className={css.head} style={template} aria-rowindex={1}>
        {columns.map((column) => (
          <div key={column.key} role="columnheader" className={column.number ? css.number : css.cell}>
            {column.title}
          </div>
        ))}
      </div>
      {rows.length === 0 && empty !== undefined && <div className={css.empty}>{empty}</div>}
      {many ? (
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map((item) => (
            <div
              role="presentation"
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className={css.placed}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {line(rows[item.index], item.index)}
            </div>
          ))}
        </div>
      ) : (
        rows.map((row, index) => <Fragment key={rowKey(row)}>{line(row, index)}</Fragment>)
      )}
    </div>
  );
}
