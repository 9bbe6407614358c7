/** Rows each second over the run. */
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import { count, duration } from "../../app/format";
import { throughput, type Sample } from "./progress";
import css from "./run.module.css";

const HEIGHT = 132;

export function Throughput({ samples }: { samples: readonly Sample[] }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const scheme = useComputedColorScheme();
  const points = useMemo(() => throughput(samples), [samples]);
  const data = useMemo<uPlot.AlignedData>(() => [points.map((point) => point.at), points.map((point) => point.rate)], [points]);
  const newest = useRef(data);

  useEffect(() => {
    newest.current = data;
    plot.current?.setData(data);
  }, [data]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const axis: uPlot.Axis = {
      stroke: colour("--text-dim"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1 },
      font: "11px system-ui",
    };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(1, max) * 1.1] } },
        axes: [
          { ...axis, size: 28, values: (_, values) => values.map((value) => duration(value)) },
          { ...axis, size: 64, values: (_, values) => values.map((value) => count(value)) },
        ],
        series: [{}, { stroke: colour("--accent-text"), fill: colour("--accent-soft"), width: 1.5, points: { show: false } }],
      },
      newest.current,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [scheme]);

  const last = points.at(-1);
  return (
    <figure className={css.chart} data-testid="throughput">
      <figcaption>Rows each second</figcaption>
      <div
        ref={box}
        role="img"
        aria-label={last ? `Throughput, now ${count(last.rate)} rows each second` : "Throughput, nothing to show yet"}
        style={{ height: HEIGHT }}
      />
    </figure>
  );
}
