/** What became of the schemas since the mapping was last seen against them, and what of it a person has put aside. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { create } from "zustand";
import type { Catalog, Drift, WireError } from "../../bindings";
import { forget } from "../../app/query";
import { useProject } from "../../document";
import { host } from "../../host";
import { type Item, itemsOf } from "./items";

interface Looking {
  open: boolean;
  /** Left as they are, for now: in this window only. */
  left: ReadonlySet<string>;
}

const NOTHING: Looking = { open: false, left: new Set() };

export const useLooking = create<Looking>(() => NOTHING);

export const resetDrift = () => useLooking.setState(NOTHING, true);

export function leave(id: string, leaving: boolean): void {
  useLooking.setState(({ left }) => {
    const next = new Set(left);
    if (leaving) next.add(id);
    else next.delete(id);
    return { left: next };
  });
}

const NO_DRIFT: Drift = { sides: [] };
let seen = 0;
const places = new WeakMap<Catalog, number>();

/** The catalog itself is too large for a key. */
function placeOf(catalog: Catalog): number {
  const known = places.get(catalog);
  if (known !== undefined) return known;
  seen += 1;
  places.set(catalog, seen);
  return seen;
}

/** Asked anew whenever a schema was read anew. */
export function useDrift(source: Catalog, target: Catalog): { drift: Drift; items: Item[]; error: WireError | null } {
  const id = useProject((state) => state.project?.id ?? "");
  const document = useProject((state) => state.document);
  const { data, error } = useQuery<Drift, WireError>({
    queryKey: ["drift", id, placeOf(source), placeOf(target)],
    queryFn: () => host.call("drift", { id }),
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
  const drift = data ?? NO_DRIFT;
  const items = useMemo(() => (document && drift.sides.some((side) => side.tables.length > 0) ? itemsOf(drift, document) : []), [drift, document]);
  return { drift, items, error };
}

/** From now on drift is measured from the schemas as they are. */
export async function acceptSchemas(): Promise<void> {
  const id = useProject.getState().project?.id;
  if (id === undefined) return;
  await host.call("accept_schemas", { id });
  resetDrift();
  forget("drift");
}
