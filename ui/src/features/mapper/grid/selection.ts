/** Which rows of the grid are chosen, as lists do it everywhere: one, with Ctrl one more or less, with Shift all between. */
export interface Picked {
  ids: ReadonlySet<string>;
  /** Where a range begins. */
  anchor: string | null;
}

export const NOTHING: Picked = { ids: new Set(), anchor: null };

export interface How {
  /** All from the anchor to this one. */
  range?: boolean;
  /** This one more, or this one less. */
  toggle?: boolean;
}

export function pick(order: readonly string[], before: Picked, id: string, { range = false, toggle = false }: How = {}): Picked {
  if (range && before.anchor !== null && order.includes(before.anchor)) {
    const ends = [order.indexOf(before.anchor), order.indexOf(id)].sort((a, b) => a - b);
    return { ids: new Set([...(toggle ? before.ids : []), ...order.slice(ends[0], ends[1] + 1)]), anchor: before.anchor };
  }
  if (!toggle) return { ids: new Set([id]), anchor: id };
  const ids = new Set(before.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id };
}

export const all = (order: readonly string[], before: Picked): Picked => ({ ids: new Set(order), anchor: before.anchor ?? order[0] ?? null });
