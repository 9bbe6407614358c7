/** A value of each column of the open tables that are on the screen, looked at when a person wants values beside names. */
import { useQueries } from "@tanstack/react-query";

import type { TableProfile, WireError } from "../../../bindings";
import { useProject } from "../../../document";
import { look } from "../look";
import type { Side } from "../model/names";
import type { TreeTable } from "../model/tree";
import { sampleText } from "../values/words";

/** Rows that are read of one table: enough for a value, and quick for a table of any size. */
const ROWS = 1_000;

export type Sample = NonNullable<ReturnType<typeof sampleText>>;

/** By table key, then by column. */
export function useSamples(side: Side, tables: readonly TreeTable[], wanted: boolean): Map<string, Map<string, Sample>> {
  const project = useProject((state) => state.project?.id ?? "");
  const asked = wanted ? tables.filter((table) => !table.creates) : [];
  return useQueries({
    queries: asked.map((table) => {
      const request = { project, side, table: table.name, columns: table.columns.filter((each) => !each.added).map((each) => each.name), rows: ROWS };
      return {
        queryKey: ["profile_columns", request],
        queryFn: ({ signal }: { signal: AbortSignal }) => look("profile_columns", request, signal),
        staleTime: 60_000,
      };
    }),
    combine: (answers) => byColumn(asked, answers as { data?: TableProfile; error: WireError | null }[]),
  });
}

function byColumn(tables: readonly TreeTable[], answers: readonly { data?: TableProfile }[]) {
  const found = new Map<string, Map<string, Sample>>();
  tables.forEach((table, i) => {
    const profile = answers[i]?.data;
    if (profile) found.set(table.key, samplesOf(profile));
  });
  return found;
}

const known = new WeakMap<TableProfile, Map<string, Sample>>();

/** The same objects while the profile is the same, so that scrolling draws only the rows that come into view. */
function samplesOf(profile: TableProfile): Map<string, Sample> {
  const before = known.get(profile);
  if (before) return before;
  const samples = new Map<string, Sample>();
  for (const column of profile.columns) {
    const sample = sampleText(column, profile.looked.rows);
    if (sample) samples.set(column.name, sample);
  }
  known.set(profile, samples);
  return samples;
}
