/**
 * Undo and redo as patches, and what is needed to keep them across a restart.
 *
 * Only the document is in the history: never a selection, a scroll position or a drag.
 */
import { applyPatches, type Patch } from "immer";

import type { Project } from "../bindings";
import { become } from "./become";
import { applied, type Edit } from "./edit";

export interface Entry {
  label: string;
  /** When it was made. RFC 3339. */
  at: string;
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

export function record(chapter: Chapter, edit: Edit, at = new Date()): Chapter {
  const { document, patches, inverse } = applied(chapter.document, edit);
  if (patches.length === 0) return chapter;
  const entry: Entry = { label: edit.label, at: at.toISOString(), patches, inverse };
  return { document, past: [...chapter.past, entry], future: [] };
}

export function undo(chapter: Chapter): Chapter {
  return goTo(chapter, chapter.past.length - 1);
}

export function redo(chapter: Chapter): Chapter {
  return goTo(chapter, chapter.past.length + 1);
}

/** Undoes or redoes until so many edits are done, all in one step. */
export function goTo(chapter: Chapter, done: number): Chapter {
  const all = entriesOf(chapter);
  const wanted = Math.min(Math.max(done, 0), all.length);
  let { document } = chapter;
  for (let at = chapter.past.length; at > wanted; at -= 1) document = applyPatches(document, all[at - 1].inverse);
  for (let at = chapter.past.length; at < wanted; at += 1) document = applyPatches(document, all[at].patches);
  return wanted === chapter.past.length ? chapter : { document, ...splitAt(all, wanted) };
}

/** All edits in the order in which they were made, done or undone. */
export function entriesOf({ past, future }: History): Entry[] {
  return [...past, ...future.toReversed()];
}

export function splitAt(entries: readonly Entry[], done: number): History {
  return { past: entries.slice(0, done), future: entries.slice(done).toReversed() };
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

/** What became of a history since it was kept: so many edits from the start are as they were, these come after. */
export interface EditsMade {
  kept: number;
  edits: Entry[];
  /** How many of all are done. */
  done: number;
}

export function changeSince(saved: readonly Entry[], now: History): EditsMade {
  const all = entriesOf(now);
  let kept = 0;
  while (kept < saved.length && kept < all.length && saved[kept] === all[kept]) kept += 1;
  return { kept, edits: all.slice(kept), done: now.past.length };
}

/** Carries out what became of a history since it was kept, on the document that it was kept with. */
export function replay(chapter: Chapter, { kept, edits, done }: EditsMade): Chapter {
  const start = goTo(chapter, Math.min(kept, chapter.past.length));
  const all = [...entriesOf(chapter).slice(0, kept), ...edits];
  return goTo({ document: start.document, ...splitAt(all, start.past.length) }, done);
}

/** The entries as they were kept, or `null` when they are not ours. */
export function entriesFrom(kept: readonly unknown[]): Entry[] | null {
  const fits = (each: unknown) => {
    const entry = each as Partial<Entry> | null;
    return typeof entry?.label === "string" && Array.isArray(entry.patches) && Array.isArray(entry.inverse);
  };
  return kept.every(fits) ? (kept as Entry[]) : null;
}

/** How often an edit reads in a list of what was done: "Linked album.title" for "Link album.title". */
const DONE: Record<string, string> = {
  Accept: "Accepted",
  Add: "Added",
  Approve: "Approved",
  Change: "Changed",
  Clear: "Cleared",
  Copy: "Copied",
  Create: "Created",
  Do: "Decided: do",
  Fill: "Filled",
  Filter: "Filtered",
  Import: "Imported",
  Join: "Joined",
  Keep: "Kept",
  Leave: "Left",
  Link: "Linked",
  Map: "Mapped",
  Mark: "Marked",
  Move: "Moved",
  Rebind: "Rebound",
  Reject: "Rejected",
  Remove: "Removed",
  Rename: "Renamed",
  Replace: "Replaced",
  Restore: "Restored",
  Set: "Set",
  Skip: "Skipped",
  Split: "Split",
  Suggest: "Suggested",
  Take: "Took",
  Transform: "Transformed",
  Union: "United",
  Unlink: "Unlinked",
  Unmap: "Unmapped",
  Withdraw: "Withdrew",
};

export function doneLabel(label: string): string {
  const [first] = label.split(" ", 1);
  const past = DONE[first];
  return past === undefined ? label : past + label.slice(first.length);
}
