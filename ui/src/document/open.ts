/**
 * Opening a project with its past: the history that the workspace keeps, and edits that no save has reached.
 *
 * Patches only ever meet the document that they were made for. A file that was changed outside of this window since the
 * history was kept gets that change as an edit of its own, which can be undone like any other.
 */
import type { EditHistory, OpenProject } from "../bindings";
import { host } from "../host";
import { become } from "./become";
import { type Chapter, type Entry, entriesFrom, NO_HISTORY, record, replay, splitAt } from "./history";
import { unsavedOf } from "./journal";

export const OUTSIDE = "Change the file outside of this window";

export interface Opened {
  chapter: Chapter;
  /** The history as the workspace has it for this version. */
  saved: Entry[];
  /** There are edits that the file does not hold. */
  unsaved: boolean;
}

export async function withPast(opened: OpenProject): Promise<Opened> {
  const { id, version, document } = opened;
  const bare: Opened = { chapter: { document, ...NO_HISTORY }, saved: [], unsaved: false };
  const kept = await host.call("edit_history", { id }).catch((): EditHistory => ({ version: 0, done: 0, edits: [] }));
  const entries = entriesFrom(kept.edits);
  if (entries === null) return bare;
  if (kept.version !== version && entries.length > 0) return outside(opened, kept, entries).catch(() => bare);

  const made = unsavedOf(id, version);
  const past = splitAt(entries, kept.done);
  if (made === null) return { chapter: { document, ...past }, saved: entries, unsaved: false };
  try {
    return { chapter: replay({ document, ...past }, made), saved: entries, unsaved: true };
  } catch {
    return { chapter: { document, ...past }, saved: entries, unsaved: false };
  }
}

async function outside(opened: OpenProject, kept: EditHistory, entries: Entry[]): Promise<Opened> {
  const before = await host.call("load_version", { id: opened.id, version: kept.version });
  const chapter = record(
    { document: before.document, ...splitAt(entries, kept.done) },
    { label: OUTSIDE, apply: (draft) => become(draft, opened.document) },
  );
  return { chapter: { ...chapter, document: opened.document }, saved: entries, unsaved: true };
}
