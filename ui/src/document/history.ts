/**
 * Undo and redo as patches, and their keeping across a restart.
 *
 * Only the document is in the history: never a selection, a scroll position or a drag.
 */
import { applyPatches, type Patch } from "immer";

import type { Project } from "../bindings";
import { become } from "./become";
import { applied, type Edit } from "./edit";

export interface Entry {
  label: string;
  patches: Patch[];
  inverse: Patch[];
}

export interface History {
  /** Oldest first. */
  past: Entry[];
  /** What was undone; the next to redo is last. */
  future: Entry[];
}

export interface Chapter extends History {
  document: Project;
}

export const NO_HISTORY: History = { past: [], future: [] };

export function record(chapter: Chapter, edit: Edit): Chapter {
  const { document, patches, inverse } = applied(chapter.document, edit);
  if (patches.length === 0) return chapter;
  return { document, past: [...chapter.past, { label: edit.label, patches, inverse }], future: [] };
}

export function undo(chapter: Chapter): Chapter {
  const entry = chapter.past.at(-1);
  if (!entry) return chapter;
  return {
    document: applyPatches(chapter.document, entry.inverse),
    past: chapter.past.slice(0, -1),
    future: [...chapter.future, entry],
  };
}

export function redo(chapter: Chapter): Chapter {
  const entry = chapter.future.at(-1);
  if (!entry) return chapter;
  return {
    document: applyPatches(chapter.document, entry.patches),
    past: [...chapter.past, entry],
    future: chapter.future.slice(0, -1),
  };
}

/**
 * Takes over the document as it was written, which the engine may have brought up to date.
 *
 * The difference becomes part of the neighbouring entries, so that undoing them still meets the document they were
 * recorded on; it is no step of its own.
 */
export function settle(chapter: Chapter, written: Project): Chapter {
  const { document, patches, inverse } = applied(chapter.document, {
    label: "",
    apply: (draft) => become(draft, written),
  });
  if (patches.length === 0) return chapter;
  const past = [...chapter.past];
  const last = past.pop();
  if (last) past.push({ ...last, patches: [...last.patches, ...patches], inverse: [...inverse, ...last.inverse] });
  const future = [...chapter.future];
  const next = future.pop();
  if (next) future.push({ ...next, patches: [...inverse, ...next.patches], inverse: [...next.inverse, ...patches] });
  return { document, past, future };
}

const KEY = "rowferry.history.";

interface Kept extends History {
  version: number;
}

/** Keeps the history beside the version of the document that it leads to. */
export function keep(id: string, version: number, { past, future }: History): void {
  for (let from = 0; ; from = from === 0 ? Math.ceil(past.length / 2) : from * 2) {
    const kept: Kept = { version, past: past.slice(from), future };
    try {
      localStorage.setItem(KEY + id, JSON.stringify(kept));
      return;
    } catch {
      // The storage is full: the oldest half of the history goes.
      if (from >= past.length) return;
    }
  }
}

/** The history that leads to this version, or none. */
export function recall(id: string, version: number): History {
  try {
    const text = localStorage.getItem(KEY + id);
    const kept = text === null ? null : (JSON.parse(text) as Kept);
    return kept?.version === version ? { past: kept.past, future: kept.future } : NO_HISTORY;
  } catch {
    return NO_HISTORY;
  }
}
