/** The layer of links between the trees: only what is visible is computed and drawn. */
import { memo, useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import { isSuggested } from "../../../document";
import { confidenceOf } from "../model/confidence";
import { type Link, linkText, type MappingIndex, VERDICTS, worst } from "../model/mapping";
import { nodeName } from "../model/names";
import type { Row } from "../model/tree";
import { count, percent } from "../model/types";
import { expand, type Selection, useMapper, useViewports } from "../state";
import { type Line, linesOf, pathOf } from "./geometry";
import css from "./Links.module.css";

interface LinksProps {
  index: MappingIndex;
  sourceRows: readonly Row[];
  sourcePlaces: ReadonlyMap<string, number>;
  targetRows: readonly Row[];
  targetPlaces: ReadonlyMap<string, number>;
  head: ReactNode;
  /** What stands in the layer while nothing is mapped. */
  invite: ReactNode;
}

export function Links({ index, sourceRows, sourcePlaces, targetRows, targetPlaces, head, invite }: LinksProps) {
  const { source, target } = useViewports();
  const selection = useMapper((state) => state.selection);
  const [canvas, width] = useWidth();
  const mirrored = document.documentElement.dir === "rtl";
  const lines = useMemo(
    () =>
      linesOf(
        index,
        { rows: sourceRows, places: sourcePlaces, ...source },
        { rows: targetRows, places: targetPlaces, ...target },
      ),
    [index, sourceRows, sourcePlaces, targetRows, targetPlaces, source, target],
  );

  return (
    <div className={css.layer}>
      <div className={css.head}>{head}</div>
      <div className={css.canvas} ref={canvas}>
        {invite !== null && <div className={css.invite}>{invite}</div>}
        <svg role="group" aria-label="Links between source and target" data-testid="links">
          {lines.map((line) => (
            <LinkLine key={line.id} line={line} width={width} mirrored={mirrored} nearness={nearness(line, selection)} />
          ))}
        </svg>
      </div>
    </div>
  );
}

type Nearness = "selected" | "near" | "far";

/** Is the line what is selected, or does it belong to it? */
function nearness(line: Line, selection: Selection | null): Nearness {
  if (!selection) return "far";
  const { mapping } = line.table;
  const same = (a: { schema: string; table: string }, b: { schema: string; table: string }) =>
    a.schema === b.schema && a.table === b.table;
  switch (selection.kind) {
    case "column":
      if (!same(selection.to, mapping.to) || !line.links.some((link) => link.column === selection.column)) return "far";
      return line.bundle ? "near" : "selected";
    case "table":
      return same(selection.to, mapping.to) ? "near" : "far";
    case "source": {
      const { column } = selection;
      if (!same(selection.from, mapping.from)) return "far";
      return column === undefined || line.links.some((link) => link.sources.includes(column)) ? "near" : "far";
    }
  }
}

interface LinkLineProps {
  line: Line;
  width: number;
  mirrored: boolean;
  nearness: Nearness;
}

const LinkLine = memo(function LinkLine({ line, width, mirrored, nearness }: LinkLineProps) {
  const { links, table, bundle, left, right } = line;
  const suggested = links.length > 0 ? links.every((link) => link.suggested) : isSuggested(table.mapping);
  const verdict = worst(links);
  const tone = verdict ? VERDICTS[verdict].tone : "good";
  const [only] = links;
  const confidence = !bundle && only?.suggested && only.score !== null ? confidenceOf(only.score).word : undefined;
  const path = pathOf(line, width, mirrored);
  const text = lineText(line);
  const open = () => activate(line);
  return (
    <g
      role="button"
      aria-label={text}
      tabIndex={-1}
      className={css.line}
      data-testid={lineTestId(line)}
      data-suggested={suggested || undefined}
      data-confidence={confidence}
      data-tone={tone}
      data-stub={left.clip !== "none" || right.clip !== "none" || undefined}
      data-selected={nearness === "selected" || undefined}
      data-near={nearness === "near" || undefined}
      onClick={open}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") open();
      }}
    >
      <title>{text}</title>
      <path className={css.hit} d={path} />
      <path className={css.stroke} d={path} />
      <Badge line={line} width={width} mirrored={mirrored} label={labelOf(links, suggested, bundle)} />
    </g>
  );
});

/** Near the target's end, where no two lines meet: each target column has one link. */
function Badge({ line, width, mirrored, label }: { line: Line; width: number; mirrored: boolean; label: string }) {
  if (label === "" || line.right.clip !== "none") return null;
  const wide = 12 + label.length * 6.4;
  const middle = width - 6 - wide / 2;
  const x = mirrored ? width - middle : middle;
  return (
    <g>
      <rect className={css.badge} x={x - wide / 2} y={line.right.y - 8} width={wide} height={16} rx={8} />
      <text x={x} y={line.right.y + 0.5} textAnchor="middle">{label}</text>
    </g>
  );
}

function labelOf(links: readonly Link[], suggested: boolean, bundle: boolean): string {
  const verdict = worst(links);
  const symbol = verdict === null ? "" : VERDICTS[verdict].symbol;
  if (bundle && links.length > 0) return [suggested ? "✦" : "", count(links.length), symbol === "=" ? "" : symbol].filter(Boolean).join(" ");
  const [link] = links;
  if (!link) return suggested ? "✦" : "";
  const atRisk = verdict !== null && VERDICTS[verdict].tone !== "good";
  if (!link.suggested) return atRisk ? `${symbol} ${link.problem ? "error" : VERDICTS[verdict].name.toLowerCase()}` : symbol;
  return ["✦", link.score === null ? "" : percent(link.score), symbol === "=" ? "" : symbol].filter(Boolean).join(" ");
}

function lineText({ links, table, bundle }: Line): string {
  const { from, to } = table.mapping;
  const [link] = links;
  if (!bundle && link) return linkText(link);
  const parts = [`source ${from.table} mapped to target ${to.table}`];
  if (links.length > 0) parts.push(`${count(links.length)} ${links.length === 1 ? "column" : "columns"}`);
  const suggested = links.filter((each) => each.suggested).length;
  if (suggested > 0) parts.push(`${count(suggested)} suggested`);
  const verdict = worst(links);
  if (verdict) parts.push(`at worst ${verdict} cast`);
  return parts.join(", ");
}

function lineTestId({ links, table, bundle }: Line): string {
  const [link] = links;
  return bundle || !link ? `link-${table.mapping.to.table}` : `link-${nodeName({ table: link.to, column: link.column })}`;
}

/** A click selects a link; on a bundle it opens both tables. */
function activate({ links, table, bundle }: Line): void {
  const { from, to } = table.mapping;
  const [link] = links;
  if (bundle && links.length > 0) {
    expand("source", [from], true);
    expand("target", [to], true);
  }
  useMapper.setState(({ cursor }) => ({
    selection: !bundle && link ? { kind: "column", to, column: link.column } : { kind: "table", to },
    cursor: {
      source: !bundle && link?.sources[0] !== undefined ? { side: "source", table: from, column: link.sources[0] } : cursor.source,
      target: !bundle && link ? { side: "target", table: to, column: link.column } : { side: "target", table: to },
    },
  }));
}

function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(180);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const tell = () => setWidth(element.clientWidth || 180);
    tell();
    const observer = new ResizeObserver(tell);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width] as const;
}
