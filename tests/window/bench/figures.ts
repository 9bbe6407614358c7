/** What was measured, and how it is shown. */

export interface Measured {
  what: string;
  /** Milliseconds, in the order in which they were taken. */
  times: number[];
  /** Milliseconds that its 95th percentile, or the one time, may take. */
  bar?: number;
}

export function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

export function judged({ times, bar }: Measured): string {
  if (bar === undefined) return "–";
  return percentile(times, 0.95) <= bar ? `${bar} ms` : `${bar} ms, missed`;
}

/** Lines of a Markdown table. */
export function table(measured: readonly Measured[]): string {
  const ms = (value: number) => `${Math.round(value)} ms`;
  const rows = measured.map((each) => {
    const { what, times } = each;
    const one = times.length === 1;
    const cells = one ? ["1", "", ms(times[0]!), ""] : [String(times.length), ms(percentile(times, 0.5)), ms(percentile(times, 0.95)), ms(Math.max(...times))];
    return `| ${[what, ...cells, judged(each)].join(" | ")} |`;
  });
  return ["| | times | median | 95 of 100 within | longest | bar |", "|---|---:|---:|---:|---:|---:|", ...rows].join("\n");
}
