/** What the mapper asks the engine: catalogs, and what it makes of the mapping after every edit. */
import { useEffect, useState } from "react";

import type { Catalog, MappingDescription, Project, TableName, Verdict, WireError } from "../../bindings";
import { tableKey, useProject } from "../../document";
import { toWireError } from "../../app/errors";
import { queries, useCall } from "../../app/query";
import { host } from "../../host";
import type { Side } from "./model/names";

/** Is there a connection to ask? */
export function isConnected(document: Project, side: Side): boolean {
  return document.connections[document[side]] !== undefined;
}

export function useCatalog(side: Side) {
  const project = useProject((state) => state.project?.id ?? "");
  const connected = useProject((state) => state.document !== null && isConnected(state.document, side));
  return useCall("catalog", { project, side, refresh: false }, { enabled: connected, staleTime: Infinity });
}

/** Asks the databases again. */
export async function rescan(side: Side): Promise<void> {
  const project = useProject.getState().project?.id;
  if (project === undefined) return;
  const catalog = await host.call("catalog", { project, side, refresh: true });
  queries.setQueryData(["catalog", { project, side, refresh: false }], catalog);
}

interface Described {
  description: MappingDescription | null;
  error: WireError | null;
}

const DELAY = 200;

/**
 * The description of the document as it is, soon after each edit and each reading of a schema; an answer that comes too
 * late is dropped.
 */
export function useDescription(enabled: boolean, source: Catalog, target: Catalog): Described {
  const project = useProject((state) => state.project?.id);
  const tables = useProject((state) => state.document?.tables);
  const [described, setDescribed] = useState<Described>({ description: null, error: null });

  useEffect(() => {
    if (!enabled || project === undefined || tables === undefined) return;
    let stale = false;
    const timer = setTimeout(() => {
      const { document } = useProject.getState();
      if (!document) return;
      host.call("describe_mapping", { project, document }).then(
        (description) => {
          if (!stale) setDescribed({ description, error: null });
        },
        (error: unknown) => {
          if (!stale) setDescribed((before) => ({ ...before, error: toWireError(error) }));
        },
      );
    }, DELAY);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [enabled, project, tables, source, target]);

  return described;
}

const foreseen = new Map<string, Map<string, Verdict>>();

function prospect(from: TableName, fromColumn: string, to: TableName): string {
  return [tableKey(from), fromColumn, tableKey(to)].join("\u0001");
}

/** The verdict on a link that is not there yet, when `foresee` has asked for it. */
export function foreseenVerdict(from: TableName, fromColumn: string, to: TableName, toColumn: string): Verdict | undefined {
  return foreseen.get(prospect(from, fromColumn, to))?.get(toColumn);
}

/**
 * Asks the engine what it would say if this source column went into each of these target columns.
 *
 * The rules for types are the engine's alone; the window only asks ahead of the drop.
 */
export async function foresee(from: TableName, fromColumn: string, to: TableName, columns: readonly string[]): Promise<void> {
  const { project, document } = useProject.getState();
  const key = prospect(from, fromColumn, to);
  if (!project || !document || foreseen.has(key)) return;
  foreseen.set(key, new Map());
  const mapping = {
    from,
    to,
    existing: "refuse" as const,
    state: "confirmed" as const,
    columns: columns.map((column) => ({ to: column, from: [fromColumn], state: "confirmed" as const })),
  };
  try {
    const { tables } = await host.call("describe_mapping", { project: project.id, document: { ...document, tables: [mapping] } });
    const verdicts = tables[0]?.columns.flatMap((each) => (each.verdict ? [[each.to, each.verdict] as const] : []));
    foreseen.set(key, new Map(verdicts));
  } catch {
    // Without an answer the link is judged after it is made.
    foreseen.delete(key);
  }
}

export const forgetForeseen = () => foreseen.clear();
