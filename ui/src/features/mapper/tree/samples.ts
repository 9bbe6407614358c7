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
    if (!profile) return;
    const columns = profile.columns.flatMap((column) => {
      const sample = sampleText(column, profile.looked.rows);
      return sample ? [[column.name, sample] as const] : [];
    });
    found.set(table.key, new Map(columns));
  });
  return found;
}
